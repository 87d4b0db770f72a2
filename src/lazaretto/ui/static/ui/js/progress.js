// Long work in pieces: [data-progress-url] is posted again and again until the answer says done.
// Answer: {done: bool, at: number, of: number, text: string, next: url or null}. A lost connection is tried again; nothing is
// counted twice because the server keeps the place.
import { post, text } from "./dom.js";

const LONGEST_WAIT = 15000;
const pause = (time) => new Promise((wake) => setTimeout(wake, time));

function paint(box, { at, of, text: message }) {
  const bar = box.querySelector("progress");
  bar.max = of || 1;
  bar.value = at;
  box.querySelector("output").textContent = message ?? `${at} / ${of}`;
}

async function step(box) {
  const answer = await post(box.dataset.progressUrl);
  if (answer.status >= 400 && answer.status < 500) throw Object.assign(new Error(String(answer.status)), { final: true });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

export async function run(box) {
  box.querySelector("[data-progress-start]")?.setAttribute("hidden", "");
  for (let wait = 1000; ;) {
    try {
      const state = await step(box);
      paint(box, state);
      wait = 1000;
      if (!state.done) continue;
      box.dispatchEvent(new CustomEvent("lz:done", { bubbles: true, detail: state }));
      if (state.next) location.assign(state.next);
      return;
    } catch (error) {
      box.querySelector("output").textContent = `${text(error.final ? "progressStopped" : "progressRetry")} (${error.message})`;
      if (error.final) return box.querySelector("[data-progress-start]")?.removeAttribute("hidden");
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-progress-start]")?.closest("[data-progress-url]");
    if (box) run(box);
  });
}
