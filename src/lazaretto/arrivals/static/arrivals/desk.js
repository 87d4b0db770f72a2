// The desk: after a choice the button is ready for Enter; after a check-in the search field is empty and ready again.
const search = document.getElementById("q");

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
