// The text of a notice goes to the clipboard; where the browser has none for us, it is marked to be copied by hand.
import { toast } from "../ui/js/toasts.js";

const box = document.querySelector("[data-notice]");
const button = document.querySelector("[data-copy-notice]");

async function copy() {
  box.select();
  try {
    await navigator.clipboard.writeText(box.value);
    toast({ text: button.dataset.copied, tone: "green" });
  } catch {
    box.focus();
    toast({ text: button.dataset.byHand, tone: "amber" });
  }
}

button?.addEventListener("click", copy);
