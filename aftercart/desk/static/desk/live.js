// Says "happened" on the page when a ticket changed: as told by the stream, or every so often where there is none.
(() => {
  const address = document.querySelector("[data-live]")?.dataset.live;
  if (!address) return;
  const QUIET = 400; // milliseconds: what comes together is told once
  const POLL = 20000;
  let waiting = 0;
  let polling = 0;

  const tell = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => document.body.dispatchEvent(new CustomEvent("happened")), QUIET);
  };
  const poll = (on) => {
    clearInterval(polling);
    polling = on ? setInterval(() => document.visibilityState === "visible" && tell(), POLL) : 0;
  };

  poll(true);
  if (!window.EventSource) return;
  const stream = new EventSource(address);
  stream.onopen = () => poll(false);
  stream.onmessage = tell;
  // The browser connects again by itself; where it gave up, asking goes on.
  stream.onerror = () => poll(true);
  window.addEventListener("pagehide", () => stream.close());
})();
