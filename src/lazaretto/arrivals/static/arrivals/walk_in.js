// Somebody without a list: a day by one press; Enter goes to what is still empty, and admits when nothing is.
const needed = ["name", "exposed_on", "authority", "legal_basis", "reason"];
const field = (name) => document.querySelector(`#walk-in #id_${name}:not([type=hidden])`);
const empty = () => needed.map(field).find((input) => input && !input.value.trim());

function ready() {
  const wrong = document.querySelector("#walk-in [aria-invalid=true]");
  const recognised = document.querySelector("#walk-in [name=same_as]").value;
  const first = recognised ? empty() : field("document_number");
  (wrong ?? first ?? document.querySelector("#walk-in .lz-desk-go")).focus();
}

document.addEventListener("click", (event) => {
  const day = event.target.closest?.("[data-day]")?.dataset.day;
  if (!day) return;
  field("exposed_on").value = day;
  field("exposed_on").dispatchEvent(new Event("input", { bubbles: true }));
  field("exposed_on").focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("#walk-in input:not([type=checkbox])")) return;
  const next = empty();
  if (!next || next === event.target) return;
  event.preventDefault();
  next.focus();
});

ready();
