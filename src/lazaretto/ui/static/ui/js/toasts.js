// Short notices with undo. From the server: HX-Trigger {"lz:toast": {text, tone, undo}}; from a page: toast({...}).
import { element, icon, post, text } from "./dom.js";

const ICONS = { green: "circle-check", amber: "alert-triangle", red: "alert-circle", blue: "info-circle" };
const LASTS = 6000;
const LASTS_WITH_UNDO = 12000;

// The answer is a way to another page, which would use up the notice on it: not followed, so that the reload shows it.
async function undo(url, node) {
  const answer = await post(url, undefined, "manual").catch(() => null);
  node.remove();
  if (answer?.type === "opaqueredirect" || answer?.ok) return location.reload();
  toast({ text: text("undoFailed"), tone: "red" });
}

export function toast({ text: message, tone = "blue", undo: url = null }) {
  const node = element("div", { class: "lz-toast", "data-tone": tone, role: tone === "red" ? "alert" : "status" });
  node.append(icon(ICONS[tone] ?? "info-circle"), element("p", {}, message));
  if (url) {
    const button = element("button", { type: "button", class: "btn btn-sm" }, text("undo"));
    button.addEventListener("click", () => undo(url, node));
    node.append(button);
  }
  document.getElementById("lz-toasts").append(node);
  arm(node, Boolean(url));
}

// A failure stays until closed; while the pointer or the focus is on a notice it does not go.
function arm(node, long) {
  const close = element("button", { type: "button", class: "btn btn-sm btn-icon", "aria-label": text("close") }, icon("x"));
  close.addEventListener("click", () => node.remove());
  node.append(close);
  if (node.dataset.tone === "red") return;
  const wait = () => setTimeout(() => (node.matches(":hover, :focus-within") ? wait() : node.remove()), long ? LASTS_WITH_UNDO : LASTS);
  wait();
}

export function start() {
  for (const node of document.querySelectorAll(".lz-toast")) {
    const button = node.querySelector("[data-undo]");
    button?.addEventListener("click", () => undo(button.dataset.undo, node));
    arm(node, Boolean(button));
  }
  document.body.addEventListener("lz:toast", (event) => toast(event.detail));
  document.body.addEventListener("htmx:sendError", () => toast({ text: text("notSent"), tone: "red" }));
  document.body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    const said = decodeURIComponent(xhr.getResponseHeader("X-Problem") ?? ""); // the words of a named error
    toast({ text: said || `${text("failed")} (${xhr.status})`, tone: "red" });
  });
}
