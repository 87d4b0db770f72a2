// Native dialogs: [data-dialog="id"] opens, [data-close] closes; dialog[data-open] is open from the start.
export function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  (dialog.querySelector("[aria-invalid=true]") ?? dialog.querySelector("[autofocus]"))?.focus(); // what came back with a fault first
}

export function start() {
  for (const dialog of document.querySelectorAll("dialog[data-open]")) open(dialog);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.dialog));
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.matches("dialog[data-light]")) event.target.close();
  });
  // A second press while the first request is under way must not send it twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.dataset.again !== undefined) return;
    if (form.dataset.sent && !event.defaultPrevented) event.preventDefault();
    if (!form.hasAttribute("hx-post") && form.method === "post" && !event.defaultPrevented) form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}
