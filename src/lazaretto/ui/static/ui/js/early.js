// Runs before the first paint (a classic script in <head>): no flash of the wrong theme, nothing dead without JavaScript.
(() => {
  const root = document.documentElement;
  root.classList.add("lz-js");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    if (root.dataset.theme === "auto") root.dataset.bsTheme = system.matches ? "dark" : "light";
  };
  apply();
  system.addEventListener?.("change", apply);
})();
