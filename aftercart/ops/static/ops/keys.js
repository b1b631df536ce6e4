// "/" goes to the search, j and k walk down and up the rows; Enter follows the link, as it does everywhere.
(() => {
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

  const walk = (step) => {
    const links = [...document.querySelectorAll("a[data-open]")].filter((link) => link.checkVisibility());
    const row = document.activeElement.closest("tr, li");
    const at = links.findIndex((link) => link === document.activeElement || (row && row.contains(link)));
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
    if (next) next.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") document.getElementById("search")?.focus();
    else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else return;
    event.preventDefault();
  });
})();
