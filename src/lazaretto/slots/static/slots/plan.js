// A better plan is sought as soon as the page is there; the plan found at once is on it already.
import { run } from "../ui/js/progress.js";

const box = document.querySelector("[data-search]");
if (box) run(box);
