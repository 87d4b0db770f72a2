// A site may have two hundred guests: the list shows those whose room, name or number holds what is typed, and all who are ticked.
const field = document.querySelector("[data-find]"), rows = [...document.querySelectorAll("[data-find-rows] tr")];

function find() {
  const wanted = field.value.trim().toLowerCase();
  for (const row of rows) row.hidden = !row.querySelector("input").checked && !row.textContent.toLowerCase().includes(wanted);
}

if (field) {
  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
