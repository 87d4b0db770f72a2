// Runs before the first paint (a classic script in <head>): no flash of the wrong theme, nothing dead without JavaScript,
// and no press lost on a slow line: a plain button pressed before the modules have come is kept and pressed again by app.js.
(() => {
  const root = document.documentElement;
  root.classList.add("lz-js");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    if (root.dataset.theme === "auto") root.dataset.bsTheme = system.matches ? "dark" : "light";
  };
  apply();
  system.addEventListener?.("change", apply);

  let pressed = null;
  const keep = (event) => {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    event.stopImmediatePropagation();
    pressed?.removeAttribute("aria-busy");
    pressed = button;
    button.setAttribute("aria-busy", "true");
  };
  document.addEventListener("click", keep, true);
  document.addEventListener("lz:ready", () => {
    document.removeEventListener("click", keep, true);
    pressed?.removeAttribute("aria-busy");
    if (pressed?.isConnected) pressed.click();
  }, { once: true });
})();
