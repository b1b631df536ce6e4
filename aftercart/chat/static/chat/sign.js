/* That an answer is being written: in room that is kept for it, read out once a minute at most. */

const FADES = 6000;
const READ_OUT = 60000;

export class Sign {
  constructor(make, text) {
    this.text = text;
    const dots = make("span", { class: "dots" }, make("i"), make("i"), make("i"));
    this.seen = make("p", { class: "writing", "aria-hidden": "true" }, dots, text);
    this.heard = make("p", { class: "heard", role: "status" });
    this.told = -READ_OUT;
    this.hide();
  }

  get parts() { return [this.seen, this.heard]; }

  show(aloud) {
    clearTimeout(this.fading);
    this.fading = setTimeout(() => this.hide(), FADES);
    this.seen.classList.add("on");
    if (!aloud || performance.now() - this.told < READ_OUT) return;
    this.told = performance.now();
    this.heard.textContent = this.text;
  }

  hide() {
    clearTimeout(this.fading);
    this.seen.classList.remove("on");
    this.heard.textContent = "";
  }
}
