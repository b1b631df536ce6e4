/* What the chat looks like: a button, and a dialog with the conversation. `chat` is what chat.js lets it do. */

import { Choice } from "./files.js";
import { Sign } from "./sign.js";

const SPEECH = "M4 5h16v11H9l-5 4z";
const CROSS = "M6 6l12 12M18 6L6 18";
const LINK = /(https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]])/;

const make = (tag, how = {}, ...inside) => {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(how)) {
    if (typeof value === "function") one.addEventListener(name, value);
    else if (value !== false) one.setAttribute(name, value === true ? "" : value);
  }
  one.append(...inside);
  return one;
};

const icon = (path) => {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
  stroke.setAttribute("d", path);
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  drawn.append(stroke);
  return drawn;
};

const linked = (text) => text.split(LINK).map((part, at) =>
  at % 2 ? make("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part);

export class Panel {
  constructor(chat, told, style) {
    this.chat = chat;
    this.told = told;
    this.lines = new Map(); // by the id of the line
    this.unsent = new Map(); // by the id of what waits to be one
    this.draw(style);
    this.text.value = chat.state().draft;
    this.greet();
    if (chat.state().open && !this.small) this.open(false);
  }

  say(name, fill = {}) {
    const told = { brand: this.told.brand, ...fill };
    return (this.told.texts[name] || "").replace(/\{(\w+)\}/g, (all, word) => told[word] ?? all);
  }

  get small() { return matchMedia("(max-width: 30rem)").matches; }

  // Drawn once; then only its pieces change.

  draw(style) {
    const host = make("aftercart-chat", { lang: this.told.language });
    const both = CSS.supports("color", "light-dark(red, red)");
    for (const [name, [light, dark]] of Object.entries(this.told.colours)) {
      host.style.setProperty(`--${name}`, both ? `light-dark(${light}, ${dark})` : light);
    }
    this.root = host.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [style];
    this.count = make("span", { class: "count", hidden: true });
    this.launcher = make(
      "button",
      { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false", click: () => this.open() },
      icon(SPEECH), make("span", {}, this.say("title")), this.count,
    );
    this.news = make("p", { class: "heard", role: "status" });
    this.writing = new Sign(make, this.say("writing"));
    this.dialog = make(
      "dialog",
      { "aria-labelledby": "title", close: () => this.closed(), keydown: (event) => this.escape(event) },
      this.header(), this.conversation(), ...this.writing.parts, this.notes(), this.mailForm(), this.messageForm(),
    );
    this.root.append(this.launcher, this.news, this.dialog);
    document.body.append(host);
  }

  header() {
    this.when = make("p", { class: "when" });
    const close = make("button", { type: "button", class: "close", "aria-label": this.say("close"), click: () => this.dialog.close() }, icon(CROSS));
    return make("header", {}, make("div", {}, make("h2", { id: "title" }, this.say("title")), this.when), close);
  }

  conversation() {
    this.list = make("ol");
    // What was said before is not read out; what comes is.
    this.log = make("div", { class: "log", role: "log", "aria-live": "off", "aria-label": this.say("log"), tabindex: 0 });
    this.log.append(make("p", { class: "hello" }, this.say("hello")), this.list);
    return this.log;
  }

  notes() {
    this.network = make("p", { class: "note", hidden: true });
    this.doubts = make("p", { class: "note wrong", hidden: true });
    this.mailed = make("p", { class: "note", hidden: true });
    return make("div", { role: "status" }, this.network, this.doubts, this.mailed);
  }

  mailForm() {
    this.email = make("input", { id: "email", type: "email", autocomplete: "email", required: true, maxlength: 254 });
    this.mail = make(
      "form", { hidden: true, submit: (event) => this.keepEmail(event) },
      make("label", { for: "email" }, this.say("email")),
      make("div", { class: "row" }, this.email, make("button", { class: "plain" }, this.say("email_save"))),
    );
    return this.mail;
  }

  messageForm() {
    this.text = make("textarea", {
      id: "text", rows: 1, maxlength: this.told.longest,
      keydown: (event) => this.enter(event),
      input: () => {
        this.chat.change((now) => { now.draft = this.text.value; });
        if (this.text.value.trim()) this.chat.sign();
      },
    });
    this.files = new Choice({ make, icon, say: this.say.bind(this), largest: this.told.largest, wrong: (text) => this.fault(text) });
    return make(
      "form", { submit: (event) => this.send(event) },
      this.files.list, this.files.input,
      make("label", { for: "text" }, this.say("message")),
      make("div", { class: "row" }, this.files.button, this.text, make("button", { class: "do" }, this.say("send"))),
    );
  }

  // What its reader does.

  open(focus = true) {
    if (!focus) this.dialog.open = true; // as it was on the page before: nobody is moved into it
    else if (this.small) this.dialog.showModal();
    else this.dialog.show();
    this.launcher.hidden = true;
    this.launcher.setAttribute("aria-expanded", "true");
    this.chat.change((now) => { now.open = true; });
    this.hasRead();
    this.toEnd();
    if (focus) this.text.focus();
    this.chat.settings().then((told) => { if (told.texts) { this.told = told; this.greet(); } });
    document.dispatchEvent(new CustomEvent("aftercart:chat", { detail: { open: true } }));
  }

  closed() {
    this.launcher.hidden = false;
    this.launcher.setAttribute("aria-expanded", "false");
    this.chat.change((now) => { now.open = false; });
    this.launcher.focus();
    document.dispatchEvent(new CustomEvent("aftercart:chat", { detail: { open: false } }));
  }

  escape(event) {
    if (event.key === "Escape" && !event.isComposing) this.dialog.close();
  }

  enter(event) {
    // On a phone the return key makes a new line, and one that ends a Japanese word sends nothing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    this.send(event);
  }

  send(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text && !this.files.chosen.length) return;
    this.text.value = "";
    this.chat.write(text, this.files.take());
    this.toEnd();
    this.text.focus();
  }

  keepEmail(event) {
    event.preventDefault();
    this.chat.leave(this.email.value.trim());
    this.greet();
    this.text.focus();
  }

  // What it is told.

  greet() {
    const { open, opens_at: at } = this.told, { email } = this.chat.state();
    const far = new Date(at) - Date.now() > 6 * 24 * 3600 * 1000;
    const day = { weekday: "long", ...(far && { day: "numeric", month: "long" }) };
    const when = at && `${this.moment(at, day)} ${this.moment(at, { timeStyle: "short" })}`;
    this.when.textContent = open ? this.say("there") : when ? this.say("away", { when }) : "";
    this.mailed.hidden = !email;
    this.mailed.textContent = email && this.say("email_kept", { email });
    if (this.root.activeElement === this.email) return;
    const last = this.list.lastElementChild; // who waits for an answer, or meets nobody, may want it elsewhere
    this.mail.hidden = Boolean(email || this.chat.claims.email) || !(open === false || (last && last.matches(".mine")));
  }

  has(id) { return this.lines.has(id); }

  /* A line: new, or what was waiting and has arrived. */
  line({ id, ours, at, text, name, files = [] }) {
    const waited = [...this.unsent].find(([, item]) => item.dataset.line === id);
    const item = this.lines.get(id) || (waited && waited[1]) || make("li");
    if (waited) this.unsent.delete(waited[0]);
    this.lines.set(id, item);
    item.className = ours ? "" : "mine";
    item.dataset.at = at;
    const about = `${ours ? name || this.told.brand : this.say("you")} · ${this.time(at)}`;
    const named = files.map((one) => make("button", { type: "button", class: "file", click: () => this.chat.download(one).catch(() => {}) }, one.name));
    item.replaceChildren(this.words(text, named), make("p", { class: "about" }, about));
    const next = [...this.list.children].find((other) => other !== item && (!other.dataset.at || Date.parse(other.dataset.at) > Date.parse(at)));
    if (!item.isConnected || item.nextElementSibling !== (next || null)) this.list.insertBefore(item, next || null);
    if (ours) this.arrived(at);
    this.greet();
    this.toEnd();
  }

  words(text, files) { return make("p", { class: "text" }, ...linked(text), ...(text && files.length ? ["\n"] : []), ...files); }

  arrived(at) {
    this.writing.hide();
    if (this.dialog.open && !document.hidden) return this.hasRead();
    const { read } = this.chat.state();
    const fresh = [...this.list.querySelectorAll("li:not(.mine)")].filter((one) => !read || Date.parse(one.dataset.at) > Date.parse(read)).length;
    this.count.hidden = !fresh;
    this.count.textContent = fresh;
    if (fresh && Date.parse(at) > Date.parse(read || 0)) this.news.textContent = this.say("news");
  }

  hasRead() {
    const last = [...this.list.querySelectorAll("li:not(.mine)")].pop();
    if (last) this.chat.change((now) => { now.read = last.dataset.at; });
    this.count.hidden = true;
    this.count.textContent = this.news.textContent = "";
  }

  /* What is written and not yet among the lines, with how it stands. */
  waiting() {
    const all = this.chat.state().unsent;
    for (const [id, item] of this.unsent) {
      if (all.some((one) => one.id === id)) continue;
      this.unsent.delete(id);
      item.remove();
    }
    for (const one of all) {
      if (one.line && this.lines.has(one.line)) continue;
      const named = (one.files || []).map((name) => make("span", { class: "file" }, name));
      const item = this.unsent.get(one.id) || make("li", { class: "mine" }, this.words(one.text, named), make("p", { class: "about" }));
      if (one.line) item.dataset.line = one.line;
      item.classList.toggle("unsent", !one.line);
      this.stand(item.lastChild, one);
      if (!this.unsent.has(one.id)) this.list.append(item);
      this.unsent.set(one.id, item);
    }
    this.greet();
  }

  stand(about, one) {
    const word = one.refused ? "refused" : one.line ? "sent" : this.away ? "waiting" : "sending";
    if (about.dataset.word === word) return;
    about.dataset.word = word;
    about.replaceChildren(make("span", { class: one.refused ? "wrong" : "" }, this.say(word)));
    if (!one.refused) return;
    about.append(
      make("button", { type: "button", click: () => { this.chat.retry(one.id); this.waiting(); } }, this.say("again")),
      make("button", { type: "button", click: () => { this.chat.remove(one.id); this.waiting(); this.text.focus(); } }, this.say("remove")),
    );
  }

  connected(yes, slowly = false) {
    this.away = !yes;
    const text = slowly ? this.say("slowly") : yes ? "" : this.say("offline");
    if (this.network.textContent !== text) this.network.textContent = text;
    this.network.hidden = !text;
    this.waiting();
  }

  doubt(kind) { this.fault(kind ? this.say(kind) : ""); }

  fault(text) {
    if (this.doubts.textContent !== text) this.doubts.textContent = text;
    this.doubts.hidden = !text;
  }

  caughtUp() { this.log.setAttribute("aria-live", "polite"); }

  clear() {
    for (const item of this.lines.values()) item.remove();
    this.lines.clear();
    this.count.hidden = true;
  }

  toEnd() { this.log.scrollTop = this.log.scrollHeight; }

  moment(at, how) {
    const page = document.documentElement.lang;
    return new Intl.DateTimeFormat(page.toLowerCase().startsWith(this.told.language) ? page : this.told.language, how).format(new Date(at));
  }

  time(at) {
    const today = new Date(at).toDateString() === new Date().toDateString();
    return this.moment(at, { hour: "numeric", minute: "2-digit", ...(!today && { day: "numeric", month: "short" }) });
  }
}
