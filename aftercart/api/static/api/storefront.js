/* Says on a shop's own pages when something would arrive. No dependency, no cookie; where it cannot, it says nothing.

   <script src="https://…/static/api/storefront.js" data-key="pk_…" defer></script>
   <p data-arrives data-country="US" data-postal-code="10001" data-service="Standard" data-sku="POT-1 BOWL-2"></p>

   Attributes may be changed later, and places added: it asks again. What it heard is in the event `aftercart:quote`. */
(() => {
  "use strict";

  const me = document.currentScript;
  if (!me || !me.dataset.key || !window.fetch || !window.AbortController) return;
  const address = new URL("/api/v1/promises/quote", me.src);
  const asked = new WeakMap(); // what each place has asked last
  const heard = new Map(); // answers by question: the same is asked once
  const words = ["country", "region", "postalCode", "service", "language"];
  const PATIENCE = 4000;

  const question = (place) => {
    const told = { language: document.documentElement.lang, ...me.dataset, ...place.dataset };
    if (!told.country) return "";
    const query = new URLSearchParams({ key: me.dataset.key });
    for (const word of words) {
      if (told[word]) query.set(word.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase()), told[word]);
    }
    for (const sku of (told.sku || "").split(/\s+/).filter(Boolean)) query.append("sku", sku);
    return String(query);
  };

  const answer = async (query) => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const said = await fetch(`${address}?${query}`, { credentials: "omit", signal: patience.signal });
      return said.ok ? await said.json() : null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  };

  const say = (place, quote) => {
    const span = (name, text) => {
      const made = document.createElement("span");
      made.className = `aftercart-${name}`;
      made.lang = quote.language;
      made.textContent = text;
      return made;
    };
    const reason = quote.reason ? [document.createElement("br"), span("reason", quote.reason.text)] : [];
    place.replaceChildren(span("date", quote.text), ...reason);
    place.hidden = false;
    place.dispatchEvent(new CustomEvent("aftercart:quote", { bubbles: true, detail: quote }));
  };

  const ask = async (place) => {
    const query = question(place);
    if (!query || asked.get(place) === query) return;
    asked.set(place, query);
    if (!heard.has(query)) heard.set(query, answer(query));
    const quote = await heard.get(query);
    if (!quote) heard.delete(query);
    if (asked.get(place) !== query) return; // changed meanwhile
    if (quote && quote.text) say(place, quote);
    else place.replaceChildren(); // an old date for another question would be a wrong one
  };

  let due = 0;
  const soon = () => {
    clearTimeout(due);
    due = setTimeout(() => document.querySelectorAll("[data-arrives]").forEach(ask), 50);
  };
  const watched = ["country", "region", "postal-code", "service", "language", "sku"].map((w) => `data-${w}`);
  new MutationObserver(soon).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: [...watched, "data-arrives"],
  });
  soon();
})();
