// The one entry: starts every module. Pages add their own modules with {% block scripts %}.
import * as banners from "./banners.js";
import * as dialogs from "./dialogs.js";
import * as grid from "./grid.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import * as narrow from "./narrow.js";
import * as nav from "./nav.js";
import * as palette from "./palette.js";
import * as progress from "./progress.js";
import * as scan from "./scan.js";
import * as theme from "./theme.js";
import * as toasts from "./toasts.js";

for (const part of [theme, nav, dialogs, toasts, keys, palette, grid, narrow, scan, progress, banners, live]) part.start();

// Selects and boxes marked data-submit send their form as soon as they change (filters).
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit]")) event.target.form?.requestSubmit();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// Pages' own modules come after this one: what was pressed too early (early.js) waits for them too.
const ready = () => document.dispatchEvent(new Event("lz:ready"));
if (document.readyState === "complete") ready();
else addEventListener("DOMContentLoaded", ready, { once: true });
