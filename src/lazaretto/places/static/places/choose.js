// Choosing rooms: a floor at once, and how many are chosen.
const form = document.querySelector("[data-choose]");
const boxes = () => [...form.querySelectorAll("input[name=room]")];
const output = form?.querySelector("[data-chosen]");

function say() {
  const count = boxes().filter((box) => box.checked).length;
  output.textContent = `${count} ${output.dataset.one}`;
  for (const button of form.querySelectorAll("[data-room-step]")) button.disabled = count === 0;
}

form?.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose-all]"))
    for (const box of event.target.closest(".lz-floor").querySelectorAll("input[name=room]")) box.checked = event.target.checked;
  if (output) say();
});
if (output) say();
