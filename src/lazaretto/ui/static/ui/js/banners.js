// Banners of the frame ([data-banner]: the address of its content): asked for again when the page's event stream says that
// something changed, when the page is looked at again, and every half minute, for most pages have no stream.
const EVERY = 30000;
let lost = false;

function connection(there) {
  if (there === !lost) return;
  lost = !there;
  document.getElementById("lz-offline")?.toggleAttribute("hidden", there);
}

async function refresh(region) {
  if (document.hidden) return;
  const answer = await fetch(region.dataset.banner, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
  connection(Boolean(answer));
  if (!answer?.ok || answer.redirected) return; // signed out meanwhile: the next press leads to the sign-in
  const html = await answer.text();
  if (html.trim() === region.dataset.shown) return;
  region.dataset.shown = html.trim();
  region.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
}

export function start() {
  const regions = [...document.querySelectorAll("[data-banner]")];
  if (!regions.length) return;
  const all = () => regions.forEach(refresh);
  for (const region of regions) region.addEventListener("lz:refresh", () => refresh(region));
  document.addEventListener("visibilitychange", all);
  setInterval(all, EVERY);
}
