/* Tells a page of ours that tickets of its brand have changed, at most once a second, and what to read anew.

   <script src="/static/chat/live.js" data-live="/live/juniper/desk" defer></script>

   `aftercart:tickets` on the body: `detail.tickets` are the ids of those that changed; `detail.all` says that others may
   have, too: after every interruption, and every half minute while there is no stream. So for a part of a page:
   hx-trigger="aftercart:tickets from:body throttle:2s". */
(() => {
  "use strict";

  const address = document.currentScript.dataset.live;
  const POLL = 30000; // without a stream
  const GATHER = 1000;
  let stream = null, opened = false, polling = 0, due = 0, all = false;
  const tickets = new Set();

  const tell = () => {
    due = 0;
    document.body.dispatchEvent(new CustomEvent("aftercart:tickets", { bubbles: true, detail: { tickets: [...tickets], all } }));
    tickets.clear();
    all = false;
  };
  const gather = (ticket) => {
    if (ticket) tickets.add(ticket);
    else all = true;
    due = due || setTimeout(tell, GATHER);
  };
  const poll = () => {
    if (!document.hidden) gather();
    if (!stream || stream.readyState === EventSource.CLOSED) follow(); // an answer of 403 or 502 ends it for good
  };
  const follow = () => {
    if (stream) stream.close();
    stream = new EventSource(address);
    stream.addEventListener("open", () => {
      clearInterval(polling);
      polling = 0;
    });
    stream.addEventListener("refresh", () => {
      if (opened) gather(); // the page was made just before the first
      opened = true;
    });
    stream.addEventListener("ticket", (event) => gather(JSON.parse(event.data).ticket));
    stream.addEventListener("error", () => {
      polling = polling || setInterval(poll, POLL);
    });
  };
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) follow();
  });
  follow();
})();
