/* Files that go with a message: chosen, photos made smaller, and kept in this browser until we have them. */

const TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/heif", "application/pdf"];
const MOST = 5;
const EDGE = 2000; // pixels: enough to see a crack, and a tenth of what a phone makes
const memory = new Map(); // where there is no store, they last as long as the page

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const store = async (mode) => {
  const opening = indexedDB.open("aftercart-chat", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("files");
  return (await done(opening)).transaction("files", mode).objectStore("files");
};
export const keep = async (id, files) => {
  memory.set(id, files);
  try { await done((await store("readwrite")).put(files, id)); } catch { /* in memory, then */ }
};
export const drop = async (id) => {
  memory.delete(id);
  try { await done((await store("readwrite")).delete(id)); } catch { /* it was not there */ }
};
const kept = async (id) => {
  if (memory.has(id)) return memory.get(id);
  try { return (await done((await store("readonly")).get(id))) || []; } catch { return []; }
};

/* As the endpoint takes them: [{ name, content }], base64. */
export const written = async (id) => Promise.all((await kept(id)).map(({ name, blob }) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve({ name, content: reader.result.slice(reader.result.indexOf(",") + 1) });
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
})));

/* A photo no larger than it needs to be, without the place where it was taken; anything else as it is. */
const smaller = async (file) => {
  if (!["image/jpeg", "image/png", "image/webp"].includes(file.type)) return { name: file.name, blob: file };
  try {
    const drawn = await createImageBitmap(file);
    const scale = Math.min(1, EDGE / Math.max(drawn.width, drawn.height));
    const canvas = new OffscreenCanvas(Math.round(drawn.width * scale), Math.round(drawn.height * scale));
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    const type = file.type === "image/png" ? "image/png" : "image/jpeg";
    const blob = await canvas.convertToBlob({ type, quality: 0.85 });
    const name = type === file.type ? file.name : file.name.replace(/\.\w+$/, "") + ".jpg";
    return { name, blob: scale < 1 || type === "image/jpeg" ? blob : file };
  } catch {
    return { name: file.name, blob: file };
  }
};

/* What is chosen and not yet sent, with the button that chooses. `wrong` shows a sentence, or takes it back. */
export class Choice {
  constructor({ make, icon, say, largest, wrong }) {
    Object.assign(this, { make, say, largest, wrong, chosen: [] });
    this.input = make("input", { type: "file", multiple: true, hidden: true, accept: TYPES.join(), tabindex: -1, change: () => this.add() });
    this.button = make("button", { type: "button", class: "plain attach", "aria-label": say("attach"), click: () => this.input.click() }, icon("M12 5v14M5 12h14"));
    this.list = make("ul", { class: "chosen", hidden: true });
  }

  async add() {
    const picked = [...this.input.files];
    this.input.value = "";
    const fitting = picked.filter(({ type }) => TYPES.includes(type));
    const all = [...this.chosen, ...(await Promise.all(fitting.map(smaller)))];
    const size = all.reduce((sum, { blob }) => sum + blob.size, 0);
    if (fitting.length < picked.length) return this.wrong(this.say("file_kinds"));
    if (all.length > MOST) return this.wrong(this.say("files_most", { n: MOST }));
    if (size > this.largest) return this.wrong(this.say("files_large", { n: Math.floor(this.largest / 1e6) }));
    this.wrong("");
    this.chosen = all;
    this.draw();
  }

  draw() {
    this.list.hidden = !this.chosen.length;
    this.list.replaceChildren(...this.chosen.map((one) => this.make("li", {}, one.name, " ",
      this.make("button", { type: "button", "aria-label": `${this.say("remove")}: ${one.name}`, click: () => this.remove(one) }, this.say("remove")))));
  }

  remove(one) {
    this.chosen = this.chosen.filter((other) => other !== one);
    this.draw();
    this.button.focus();
  }

  take() {
    const taken = this.chosen;
    this.chosen = [];
    this.draw();
    return taken;
  }
}
