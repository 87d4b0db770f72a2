// What a scanned or typed text is. Pure: nothing is looked up here.
const UNSEEN = /[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g;
export const clean = (text) => text.normalize("NFKC").replace(UNSEEN, "").trim();

// The code of a tube or a bag as server and phone compare it: `screening.rules.tidy_code` does the same (codes.json).
export const tidyCode = (text) => clean(text).replace(/^['’‘`]+/, "").replace(/\s+/g, "").toUpperCase();

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], CHECKS = "10X98765432";
const ID_SHAPE = /^[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HAN = /\p{Script=Han}/u;

// GB 11643: the last character follows from the first seventeen digits.
const sumOf = (number) => WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(number[at]), 0);
const checks = (number) => CHECKS[sumOf(number) % 11] === number[17];

// A document number as phone and server compare it.
export const documentText = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "");

// {kind: "card", round, number} a person's code of a round · "courier" a courier's badge · "laboratory" a laboratory's door · "person" a person's own code · "id" an identity card ·
// "misread" one whose check digit is wrong · "enrol" the code of another phone · "search" initials, pinyin, a name,
// the last four · "code" anything else: a tube, or a document such as a passport · "nothing". Which of the last two is a
// tube only the roster and the tubes seen so far can tell.
export function read(raw) {
  const text = clean(raw);
  if (!text) return { kind: "nothing" };
  const card = /^LZ1:([0-9a-f]{32}):(\d{1,9})$/i.exec(text);
  if (card) return { kind: "card", round: card[1].toLowerCase(), number: Number(card[2]) };
  const badge = /^LZC1:([0-9A-Z-]{2,20})$/i.exec(text);
  if (badge) return { kind: "courier", code: badge[1].toUpperCase() };
  const door = /^LZL1:([!-~]{1,40})$/i.exec(text);
  if (door) return { kind: "laboratory", code: door[1].toUpperCase() };
  if (text.includes("#code=")) return { kind: "enrol" };
  if (UUID.test(text)) return { kind: "person", id: UUID.exec(text)[0].toLowerCase() };
  const number = documentText(text);
  if (ID_SHAPE.test(number)) return { kind: checks(number) ? "id" : "misread", number };
  if (isSearch(text)) return { kind: "search", text };
  const code = tidyCode(text);
  return /^[!-~]{1,40}$/.test(code) ? { kind: "code", text: code } : { kind: "nothing" };
}

// Initials, pinyin, a name, or the last four of a document. A tube may be called so too: the tubes seen so far tell.
export const isSearch = (text) => HAN.test(text) || /^[a-z]{1,24}$/i.test(text) || /^\d{2,3}[\dXx]$/.test(text);
export const isName = (text) => HAN.test(text);

// What a code looks like: its letters (of a long number the first two digits) in front, then how many letters and digits
// follow. Tubes of one delivery look alike.
export const shapeOf = (code) => code.replace(/^([A-Z]+|\d\d(?=\d{6})|)(.*)$/, (_all, front, rest) => front + rest.replace(/[A-Z]/g, "A").replace(/\d/g, "9"));

// An old or cut identity number, a passport, a travel permit: what may be a document, but need not.
export const isDocument = (code) => /^\d{15}$|^\d{17}[\dX]$|^[A-Z]{1,2}\d{7,8}$|^\d{8}$/.test(code);
export const hasWrongCheck = (text) => /^\d{17}[\dX]$/.test(documentText(text)) && !checks(documentText(text));

// An identity number of fifteen digits as it is written today; other texts as they are.
export function today(text) {
  const number = documentText(text);
  if (!/^\d{15}$/.test(number)) return number;
  const long = `${number.slice(0, 6)}19${number.slice(6)}`;
  return long + CHECKS[sumOf(long) % 11];
}
