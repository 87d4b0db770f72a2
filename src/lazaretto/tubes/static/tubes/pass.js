// The clock of a pass: the server's time of opening and what went by since, whatever the phone's own clock says.
const box = document.querySelector("[data-pass]"), part = (name) => box.querySelector(`[data-${name}]`);
const opened = Date.parse(box.dataset.now), until = Date.parse(box.dataset.until ?? ""), stale = Number(box.dataset.stale) * 60000;
const zone = document.body.dataset.timeZone || undefined, begun = performance.now();
const written = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone });

function tick() {
  const gone = performance.now() - begun, now = opened + gone;
  part("clock").textContent = written.format(now);
  if (until) part("left").textContent = Math.max(0, Math.floor((until - now) / 3600000));
  if (gone < stale && !(until && now >= until)) return;
  box.toggleAttribute("data-old", true);
  part("stale-said").hidden = false;
}

tick();
setInterval(tick, 1000);
addEventListener("pageshow", ({ persisted }) => persisted && location.reload()); // kept by the browser: as it was then
