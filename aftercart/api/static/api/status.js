/* Says on a shop's own order page how the order stands. No dependency, no cookie; where it cannot, it says nothing.

   <script src="https://…/static/api/status.js" data-key="pk_…" defer></script>
   <div data-order-status data-order="5820014477381" data-proof="…" hidden></div>

   The proof is made by the shop's server, never in the browser. What it heard is in the event `aftercart:status`. */
(() => {
  "use strict";

  const me = document.currentScript;
  if (!me || !me.dataset.key || !window.fetch || !window.AbortController) return;
  const address = new URL("/api/v1/orders/status", me.src);
  const PATIENCE = 4000;
  const STALE = 5 * 60 * 1000; // whoever comes back to the page later sees what is true then

  const answer = async (place) => {
    const { order, proof } = place.dataset;
    if (!order || !proof) return null;
    const language = place.dataset.language || me.dataset.language || document.documentElement.lang;
    const query = new URLSearchParams({ key: me.dataset.key, order, proof, language });
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

  const say = (place, status) => {
    const made = (tag, name, text) => {
      const element = document.createElement(tag);
      element.className = `aftercart-${name}`;
      element.lang = status.language;
      element.textContent = text;
      return element;
    };
    const link = made("a", "link", status.link_text);
    link.href = status.link;
    place.replaceChildren(made("p", "headline", status.text), link);
    place.classList.add("aftercart-status");
    place.dataset.tone = status.tone;
    place.setAttribute("role", "status");
    place.hidden = false;
    place.dispatchEvent(new CustomEvent("aftercart:status", { bubbles: true, detail: status }));
  };

  let asked = 0;
  const ask = () => {
    asked = Date.now();
    document.querySelectorAll("[data-order-status]").forEach(async (place) => {
      const status = await answer(place);
      if (status) say(place, status);
    });
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - asked > STALE) ask();
  });
  ask();
})();
