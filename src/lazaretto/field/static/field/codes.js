// What a scanned or typed text is. Pure: nothing is looked up here.
export const clean = (text) => text.normalize("NFKC").replace(/[\u0000-\u001f\u200b-\u200f\ufeff]/g, "").trim();

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], CHECKS = "10X98765432";
const ID_SHAPE = /^[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HAN = /\p{Script=Han}/u;

// GB 11643: the last character follows from the first seventeen digits.
const checks = (number) => CHECKS[WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(number[at]), 0) % 11] === number[17];

// A document number as phone and server compare it.
export const documentText = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "");

// {kind: "card", round, number} a person's code of a round · "person" a person's own code · "id" an identity card ·
// "misread" one whose check digit is wrong · "enrol" the code of another phone · "search" initials, a name, the last four ·
// "code" anything else: a tube, or a document such as a passport, which only the roster can tell · "nothing".
export function read(raw) {
  const text = clean(raw);
  if (!text) return { kind: "nothing" };
  const card = /^LZ1:([0-9a-f]{32}):(\d{1,9})$/i.exec(text);
  if (card) return { kind: "card", round: card[1].toLowerCase(), number: Number(card[2]) };
  if (text.includes("#code=")) return { kind: "enrol" };
  if (UUID.test(text)) return { kind: "person", id: UUID.exec(text)[0].toLowerCase() };
  const number = documentText(text);
  if (ID_SHAPE.test(number)) return { kind: checks(number) ? "id" : "misread", number };
  if (isSearch(text)) return { kind: "search", text };
  return /^[!-~]{1,40}$/.test(text) ? { kind: "code", text } : { kind: "nothing" };
}

// Initials, a name, or the last four of a document: no tube is called so.
export const isSearch = (text) => HAN.test(text) || /^[a-z]{1,8}$/i.test(text) || /^\d{2,3}[\dXx]$/.test(text);
