// When a part of the page refreshes itself, what the reader had opened stays open and the focus stays where it was.
(() => {
  let open = [];
  let focused = null;

  document.addEventListener("htmx:beforeSwap", () => {
    open = [...document.querySelectorAll("details[open][id]")].map((details) => details.id);
    focused = document.activeElement?.getAttribute("href");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (!focused || document.activeElement !== document.body) return;
    [...document.querySelectorAll("#now a")].find((link) => link.getAttribute("href") === focused)?.focus();
  });
})();
