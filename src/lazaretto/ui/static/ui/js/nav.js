// The sidebar as a drawer on narrow screens; menus (<details>) that close by Escape or a click elsewhere.
function drawer(open) {
  document.documentElement.classList.toggle("lz-nav-open", open);
  for (const button of document.querySelectorAll("[data-nav-toggle]")) button.setAttribute("aria-expanded", String(open));
  document.getElementById("main")?.toggleAttribute("inert", open);
  if (open) document.querySelector("#lz-sidebar a")?.focus();
  else document.querySelector("[data-nav-toggle]")?.focus();
}

const isOpen = () => document.documentElement.classList.contains("lz-nav-open");

export function start() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-nav-toggle]")) return drawer(!isOpen());
    if (isOpen() && event.target.closest(".lz-scrim")) return drawer(false);
    for (const menu of document.querySelectorAll("details.lz-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (isOpen()) drawer(false);
    const menu = event.target.closest?.("details.lz-menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
