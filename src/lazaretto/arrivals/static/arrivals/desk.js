// The desk: after a choice the button is ready for Enter; after a check-in the search field is empty and ready again.
const search = document.getElementById("q");

// Enter answers what stands in the field: the look-up that the last letter has started waits a moment, and must not come
// after it and take the answer away again (a scanner types a number and Enter at once).
let answered = null;
search.form.addEventListener("submit", () => { answered = search.value; });
search.addEventListener("input", () => { answered = null; });
search.addEventListener("htmx:confirm", (event) => {
  if (event.detail.elt === search && search.value === answered) event.preventDefault();
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "desk") return;
  const panel = event.detail.target;
  const invalid = panel.querySelector(".is-invalid");
  const empty = [...panel.querySelectorAll("input[required]")].find((input) => !input.value);
  if (panel.querySelector("[data-checked-in]")) {
    search.value = "";
    search.focus();
  } else if (panel.querySelector("[data-first]")) {
    (invalid ?? empty ?? panel.querySelector("[data-first]")).focus();
  }
});
