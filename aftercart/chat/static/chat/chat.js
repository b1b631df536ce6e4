/* A chat on a shop's own pages. No dependency, no cookie. Where it never reached us it shows nothing.

   <script src="https://…/static/chat/chat.js" data-brand="juniper" data-key="pk_…" data-identity="eyJ…" defer></script>

   `data-identity` is the shop's token for whoever is signed in. What is written is kept in this browser until we have
   it, and sent under one id however often that takes. `aftercart:chat` on the document tells when it opens and closes. */
(() => {
  "use strict";

  const me = document.currentScript;
  if (!me || !me.dataset.key || !me.dataset.brand || !window.TextDecoderStream || !CSSStyleSheet.prototype.replace) return;
  const { brand, key, identity = "" } = me.dataset;
  const address = (what) => new URL(`/chat/${brand}/${key}/${what}`, me.src);
  const PATIENCE = 15000;
  const SILENT = 40000; // our heartbeat comes every 15 seconds
  const HIDDEN = 60000; // a page that nobody has looked at for so long lets go of its stream
  const LONGEST_WAIT = 30000;
  const SELDOM = 3000;

  // What this browser keeps: apart for each customer whom the shop names, since several may use it.

  const claims = (() => {
    try {
      const bytes = Uint8Array.from(atob(identity.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      return {};
    }
  })();
  const PLACES = `aftercart-chat:${brand}:`, TOLD = `aftercart-chat-told:${brand}`;
  const place = PLACES + (claims.sub || "");
  const memory = new Map(); // where there is no storage, it lasts as long as the page
  const load = (name) => {
    try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return memory.get(name) || {}; }
  };
  const save = (name, value) => {
    try { localStorage.setItem(name, JSON.stringify(value)); } catch { memory.set(name, value); }
  };
  const state = () => ({ token: "", email: "", draft: "", read: "", open: false, unsent: [], ...load(place) });
  const change = (how) => { const now = state(); how(now); save(place, now); };
  const changeOne = (id, how) => change((now) => {
    now.unsent = now.unsent.map((one) => (one.id === id ? { ...one, ...how } : one));
  });
  const remove = (id) => change((now) => { now.unsent = now.unsent.filter((one) => one.id !== id); });

  const takeOver = () => {
    try {
      for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PLACES) && one !== place)) {
        const other = load(name);
        const theirs = name === PLACES && !state().token; // written before they signed in
        if (theirs) save(place, other);
        if (theirs || !(other.unsent || []).length) localStorage.removeItem(name); // who has signed out is forgotten
      }
    } catch { /* no storage */ }
  };

  // Speaking with us.

  class Refused extends Error {
    constructor(status, why, seconds) {
      super(why.message || String(status));
      Object.assign(this, { status, wait: 1000 * seconds });
    }
    get lasting() { return this.status < 500 && ![401, 408, 409, 429].includes(this.status); }
  }
  const speak = async (what, body, { signal = AbortSignal.timeout(PATIENCE), headers = {}, query = {} } = {}) => {
    const url = address(what), { token } = state();
    for (const name in query) url.searchParams.set(name, query[name]);
    if (token && what !== "settings") headers.authorization = `Bearer ${token}`;
    const method = body ? "POST" : "GET";
    const told = await fetch(url, { method, headers, signal, credentials: "omit", body: body && JSON.stringify(body) });
    if (told.ok) return told;
    const why = await told.json().catch(() => ({}));
    throw new Refused(told.status, why.error || {}, Number(told.headers.get("retry-after")) || 0);
  };
  const pause = (tries, least = 0) => Math.max(least, Math.min(LONGEST_WAIT, 500 * 2 ** tries)) * (0.75 + Math.random() / 2);

  // Out: one after the other, by one tab at a time, as often as it takes.

  let later = 0, tries = 0, flushing = false;
  const flush = async () => {
    if (!panel || flushing) return;
    flushing = true;
    clearTimeout(later);
    try {
      await (navigator.locks ? navigator.locks.request(place, sendAll) : sendAll());
      tries = 0;
    } catch (error) {
      panel.connected(error instanceof Refused && error.status < 500, error.status === 429);
      later = setTimeout(flush, pause(++tries, error.wait));
    } finally {
      flushing = false;
      panel.waiting();
    }
  };
  const sendAll = async () => {
    for (let one; (one = state().unsent.find((each) => !each.line && !each.refused)); ) await send(one);
    follow();
  };
  const send = async ({ id, text, files: names = [] }) => {
    try {
      if (!state().token) await begin();
      const said = { id, text, identity, language, email: state().email };
      if (names.length) said.files = await files.written(id);
      const told = await (await speak("messages", said, { signal: AbortSignal.timeout(PATIENCE * (1 + 4 * names.length)) })).json();
      change((now) => { now.token = told.conversation; });
      if (names.length) files.drop(id);
      if (panel.has(told.line)) remove(id);
      else changeOne(id, { line: told.line });
      panel.connected(true);
      panel.doubt(told.doubt);
      panel.waiting();
    } catch (error) {
      if (error.status === 401 || error.status === 409) forget();
      if (!error.lasting) throw error;
      changeOne(id, { refused: error.message });
    }
  };
  const begin = async () => {
    const told = await (await speak("conversations", { identity, language })).json();
    change((now) => { now.token = told.conversation; });
  };
  const forget = () => {
    change((now) => { now.token = ""; });
    last = "";
    leave();
    panel.clear();
  };

  // In: the stream, which goes on where it was.

  let following = null, again = 0, failed = 0, last = "";
  const leave = () => { if (following) following.abort(); };
  const follow = async () => {
    if (!panel || following || document.hidden || !state().token) return;
    const mine = (following = new AbortController());
    clearTimeout(again);
    let watch = 0, least = 0;
    const alive = () => { clearTimeout(watch); watch = setTimeout(() => mine.abort(), SILENT); };
    try {
      alive();
      const told = await speak("events", null, { signal: mine.signal, headers: last ? { "last-event-id": last } : {} });
      const reader = told.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = "", part; !(part = await reader.read()).done; ) {
        alive();
        const blocks = (rest + part.value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach(hear);
      }
    } catch (error) {
      if (error.status === 401) forget();
      least = error.wait || 0;
      panel.connected(error instanceof Refused || document.hidden);
    } finally {
      clearTimeout(watch);
      following = null;
      again = setTimeout(follow, pause(failed++, least));
    }
  };
  const hear = (block) => {
    const field = (name) => (block.match(new RegExp(`^${name}: (.*)$`, "m")) || [])[1];
    if (field("event") === "ready") {
      failed = 0;
      panel.connected(true);
      panel.caughtUp();
      if (state().unsent.length) flush();
    }
    if (field("event") === "writing") panel.writing.show(panel.dialog.open);
    if (field("event") !== "line") return;
    const line = JSON.parse(field("data"));
    last = field("id");
    if (!line.ours) recognise(line);
    panel.line(line);
    for (const one of state().unsent) if (one.line === line.id) remove(one.id);
  };

  /* Called otherwise than foretold, as where the clocks of two servers differ, it is known by its words. */
  const recognise = ({ id, text }) => {
    const { unsent } = state();
    const one = !unsent.some((each) => each.line === id) && unsent.find((each) => each.line && each.text === text);
    if (!one) return;
    changeOne(one.id, { line: id });
    panel.waiting();
  };

  // That something is being written, while somebody may see it; what is lost of that is no loss.

  let signed = 0;
  const sign = () => {
    if (!following || Date.now() - signed < SELDOM) return;
    signed = Date.now();
    speak("writing", { identity }).catch(() => {});
  };

  // To be seen.

  let language = me.dataset.language || document.documentElement.lang || navigator.language;
  let panel = null, files = null; // how it looks, how files are kept: before they are there nothing is sent or heard
  const settings = async () => {
    try {
      const told = await (await speak("settings", null, { query: { language } })).json();
      save(TOLD, told);
      return told;
    } catch (error) {
      return error.lasting ? {} : load(TOLD); // closed for this page, or only away
    }
  };
  const chat = {
    claims, state, change, settings, sign,
    remove(id) { remove(id); files.drop(id); },
    async write(text, attached = []) {
      const id = crypto.getRandomValues(new Uint8Array(16)).reduce((all, byte) => all + byte.toString(16).padStart(2, "0"), "");
      if (attached.length) await files.keep(id, attached);
      change((now) => { now.unsent.push({ id, text, files: attached.map(({ name }) => name) }); now.draft = ""; });
      panel.waiting();
      flush();
    },
    async download({ id, name }) {
      const blob = await (await speak("file", null, { query: { id } })).blob();
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE);
    },
    retry(id) { changeOne(id, { refused: "" }); flush(); },
    async leave(email) {
      change((now) => { now.email = email; });
      if (state().token) await speak("email", { email, language }).catch(() => {}); // else it goes with what is written
    },
  };
  const start = async () => {
    takeOver();
    const [told, { Panel }, kept, style] = await Promise.all([
      settings(),
      import(new URL("panel.js", me.src)),
      import(new URL("files.js", me.src)),
      fetch(new URL("chat.css", me.src)).then((css) => css.text()).then((css) => new CSSStyleSheet().replace(css)),
    ]);
    if (!told.texts) return;
    language = told.language;
    files = kept;
    panel = new Panel(chat, told, style);
    panel.waiting();
    flush();
  };
  addEventListener("online", () => { tries = failed = 0; flush(); follow(); });
  addEventListener("offline", () => { leave(); if (panel) panel.connected(false); });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", follow);
  addEventListener("storage", ({ key: name }) => { if (name === place && panel) { panel.waiting(); follow(); } });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) setTimeout(() => { if (document.hidden) leave(); }, HIDDEN);
    else { follow(); flush(); }
  });
  start().catch(() => {});
})();
