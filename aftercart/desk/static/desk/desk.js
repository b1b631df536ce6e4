// What makes the desk quicker than its forms alone: reply and note in one box, sending by keys, closing by Escape.
(() => {
  const composer = document.querySelector(".composer[data-mode]");
  const form = document.getElementById("write");

  // The ticket that is open stays in sight in its list.
  document.querySelector(".tickets [aria-current]")?.scrollIntoView({ block: "nearest" });

  const write = (mode) => {
    composer.dataset.mode = mode;
    form.action = form.dataset[mode];
    for (const link of composer.querySelectorAll("[data-writes]")) {
      if (link.dataset.writes === mode) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    form.elements.text.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-writes]");
    if (link && form) {
      event.preventDefault();
      write(link.dataset.writes);
    }
    for (const act of document.querySelectorAll("details.act[open]")) if (!act.contains(event.target)) act.open = false;
  });

  const send = (resolve) => {
    const wanted = resolve && composer.dataset.mode === "reply" ? "resolve" : "plain";
    form.requestSubmit(form.querySelector(`[data-sends=${wanted}]`));
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form?.contains(event.target)) {
      event.preventDefault();
      send(event.shiftKey);
    }
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const open = document.querySelector("details.act[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (event.target.closest("input, textarea, select")) event.target.blur();
    else document.querySelector(".problem .back a, .list header a")?.click();
  });

  // What happened to the ticket that is open is put under what is there; the list hears of all, but not too often.
  const SELDOM = 2000;
  let listening = 0;
  const happened = (id) => document.getElementById(id)?.dispatchEvent(new CustomEvent("happened"));
  const list = () => {
    listening = 0;
    happened("list-news");
  };
  document.body.addEventListener("aftercart:tickets", (event) => {
    const open = document.getElementById("tail")?.dataset.ticket;
    if (event.detail.all || event.detail.tickets.includes(open)) happened("tail");
    listening ||= setTimeout(list, SELDOM);
  });

  // Once is enough, however often the keys are pressed.
  let sent = false;
  form?.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => (sent = false));
  // What was not sent is not lost by leaving.
  window.addEventListener("beforeunload", (event) => {
    if (!sent && form && form.elements.text.value.trim() !== form.elements.text.defaultValue.trim()) event.preventDefault();
  });
  if (location.hash === "#write" && form) form.elements.text.focus();
})();
