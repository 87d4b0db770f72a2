// The theme button: light → dark → as the device. The choice is applied at once and remembered by the server's cookie.
import { post } from "./dom.js";

const ORDER = ["light", "dark", "auto"];

function paint(choice) {
  const root = document.documentElement;
  root.dataset.theme = choice;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.bsTheme = choice === "auto" ? (dark ? "dark" : "light") : choice;
  for (const form of document.querySelectorAll("[data-theme-form]")) {
    form.querySelector("[name=theme]").value = ORDER[(ORDER.indexOf(choice) + 1) % ORDER.length];
    for (const face of form.querySelectorAll("[data-theme-face]")) face.hidden = face.dataset.themeFace !== choice;
  }
}

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form) return;
    event.preventDefault();
    const body = new FormData(form);
    paint(body.get("theme"));
    post(form.action, body);
  });
}
