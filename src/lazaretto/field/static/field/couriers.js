// Who carries bags here, as the server told it. Pure.
import { clean } from "./codes.js";

// As the server compares it: without width, case and spaces.
const folded = (text) => clean(text).replace(/\s/g, "").toLowerCase();

// The code of the one courier that a badge, a name or a number plate means; what was typed, where several are called so or
// the server named nobody; null where it means none of them.
export function courierMeant(text, rows) {
  if (!rows?.length) return text;
  const asked = folded(text), found = rows.filter(([code, name, plate]) => [code, name, plate, name + plate].some((one) => one && folded(one) === asked));
  return found.length === 1 ? found[0][0] : found.length ? text : null;
}

// How somebody is called on the screen: C07 张强.
export const courierCalled = (code, rows) => [code, rows?.find(([one]) => one === code)?.[1]].filter(Boolean).join(" ");
