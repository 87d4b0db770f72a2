// A person dragged onto a free room: the same as typing its number into their line.
let carried = null;

document.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("[data-passenger]");
  if (!row) return;
  carried = row.dataset.passenger;
  event.dataTransfer.setData("text/plain", carried);
  event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragover", (event) => {
  const room = carried && event.target.closest?.("[data-drop]");
  document.querySelectorAll(".lz-drop-here").forEach((other) => other.classList.remove("lz-drop-here"));
  if (!room) return;
  room.classList.add("lz-drop-here");
  event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const room = event.target.closest?.("[data-drop]");
  const input = carried && document.querySelector(`[data-passenger="${carried}"] input[name=room]`);
  carried = null;
  room?.classList.remove("lz-drop-here");
  if (!room || !input) return;
  event.preventDefault();
  input.value = room.dataset.drop;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
