// Who writes just now in the chat of the ticket that is open: the customer is shown here, and we there.
(() => {
  const SELDOM = 3000;
  const FADES = 6000;
  const READ_OUT = 60000;
  const composer = document.querySelector(".composer[data-chat]");
  if (!composer) return;
  const form = composer.querySelector("form");
  const seen = composer.querySelector(".writing");
  const heard = document.getElementById("writing-heard");

  let fading = 0;
  let told = -READ_OUT;
  const hide = () => {
    seen.hidden = true;
    heard.textContent = "";
  };
  document.body.addEventListener("aftercart:writing", (event) => {
    if (event.detail.thread !== composer.dataset.chat) return;
    clearTimeout(fading);
    fading = setTimeout(hide, FADES);
    seen.hidden = false;
    if (performance.now() - told < READ_OUT) return; // what is read out too often is switched off
    told = performance.now();
    heard.textContent = seen.textContent;
  });
  // What was being written is there.
  document.body.addEventListener("aftercart:tickets", (event) => {
    if (event.detail.tickets.includes(document.getElementById("tail")?.dataset.ticket)) hide();
  });

  let signed = -SELDOM;
  form.elements.text.addEventListener("input", () => {
    const reply = composer.dataset.mode === "reply" && form.elements.channel?.value === "chat";
    if (!reply || !form.elements.text.value.trim() || performance.now() - signed < SELDOM) return;
    signed = performance.now();
    const headers = { "x-csrftoken": form.elements.csrfmiddlewaretoken.value };
    fetch(composer.dataset.signs, { method: "POST", headers }).catch(() => {}); // it was no more than a sign
  });
})();
