// Keys, never while typing. What carries data-key is pressed, opened or focused by it; j and k walk the rows.
(() => {
  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  const seen = (element) => element.checkVisibility();

  // Where a row is open beside the list, walking opens its neighbour at once; else it moves the focus.
  const walk = (step) => {
    const links = [...document.querySelectorAll("a[data-open]")].filter(seen);
    const row = document.activeElement.closest("tr, li");
    const focused = links.findIndex((link) => link === document.activeElement || (row && row.contains(link)));
    const open = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    const at = focused < 0 ? open : focused;
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
    if (next && focused < 0 && open >= 0) next.click();
    else if (next) next.focus();
  };

  const use = (element) => {
    const opens = element.tagName === "SUMMARY" && element.parentElement;
    if (element.matches("input, textarea")) element.focus();
    else element.click();
    if (opens && opens.open) opens.querySelector("button, .input")?.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const element = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key && seen(one));
    if (element) use(element);
    else if (key === "j") walk(1);
    else if (key === "k") walk(-1);
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  });
})();
