// Says "aftercart:tickets" on the page when tickets changed, as told by the stream, or every so often where there is none.
// `detail.tickets`: the ids of those that did; `detail.all`: others may have, too. And "aftercart:writing", `detail.thread`: where a customer writes.
(() => {
  const address = document.currentScript.dataset.live;
  const GATHER = 500; // milliseconds: what comes together is told once
  const POLL = 20000;
  const tickets = new Set();
  let all = false;
  let due = 0;
  let polling = 0;
  let stream = null;
  let begun = false;

  const tell = () => {
    due = 0;
    document.body.dispatchEvent(new CustomEvent("aftercart:tickets", { detail: { tickets: [...tickets], all } }));
    tickets.clear();
    all = false;
  };
  const gather = (ticket) => {
    if (ticket) tickets.add(ticket);
    else all = true;
    due ||= setTimeout(tell, GATHER);
  };
  const poll = () => {
    if (!document.hidden) gather();
    if (stream.readyState === EventSource.CLOSED) follow(); // the browser comes again by itself, unless it was refused
  };
  const follow = () => {
    stream = new EventSource(address);
    stream.onopen = () => {
      clearInterval(polling);
      polling = 0;
    };
    stream.onmessage = (event) => {
      const { ticket, writing } = JSON.parse(event.data);
      if (writing) return document.body.dispatchEvent(new CustomEvent("aftercart:writing", { detail: { thread: writing } }));
      // The first of all says to read anew what was made just before.
      if (ticket || begun) gather(ticket);
      begun = true;
    };
    stream.onerror = () => {
      polling ||= setInterval(poll, POLL);
    };
  };
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => event.persisted && follow());
  follow();
})();
