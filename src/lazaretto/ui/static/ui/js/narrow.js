// A field with data-narrow="id" leaves only those rows of a table that contain what is typed; ticked rows always stay.
const plain = (words) => words.toLowerCase().replace(/\s+/g, " ").trim();

function narrow(field) {
  const wanted = plain(field.value).split(" ");
  for (const row of document.querySelectorAll(`#${CSS.escape(field.dataset.narrow)} tbody tr`)) {
    const words = plain(row.textContent);
    row.hidden = !wanted.every((word) => words.includes(word)) && !row.querySelector("input:checked");
  }
}

export function start() {
  for (const box of document.querySelectorAll("[data-narrows]")) box.hidden = false; // without scripts it would do nothing
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-narrow]")) narrow(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-narrow]")) event.preventDefault(); // it sends no form
  });
}
