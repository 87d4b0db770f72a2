// Who is expected at this point: masked names, initials, the last four. Whole names are decrypted one by one, when their
// person was scanned or picked; documents are found by their keyed hash, so that no number lies on the phone.
import { documentText, isName, today } from "./codes.js";
import * as store from "./store.js";

let rows = new Map(), byDocument = new Map(), byPerson = new Map(), byHousehold = new Map(), places = {}, names = null, match = null;

export const size = () => rows.size;
export const organisation = (row) => places[row.organisation] ?? "";

export async function load(organisations) {
  [names, match] = await Promise.all([store.key("name"), store.key("match")]);
  places = organisations;
  rows = new Map(), byDocument = new Map(), byPerson = new Map(), byHousehold = new Map();
  for (const [, page] of await store.all("pages")) for (const raw of page) add(raw);
}

function add([number, masked, initials, place, tail, document, sealed, person, household = null]) {
  const row = { number, masked, initials, organisation: place, tail, sealed, household };
  rows.set(number, row);
  if (document) byDocument.set(document, row);
  if (person) byPerson.set(person, row);
  if (household) byHousehold.set(household, [...(byHousehold.get(household) ?? []), row]);
}

export const byNumber = (number) => rows.get(number);
// Households are known only in rounds of household tubes.
export const householdOf = (number) => rows.get(number)?.household ?? null;
export const othersAtHome = (row) => (byHousehold.get(row.household) ?? []).filter((one) => one !== row);

const hex = (bytes) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");

// By what a document or a person is known on this phone.
export const mark = async (text) => hex(await crypto.subtle.sign("HMAC", match, new TextEncoder().encode(text))).slice(0, 32);
export const documentMark = (text) => mark(`doc:${documentText(text)}`);

export const findDocument = async (text) => byDocument.get(await documentMark(text)) ?? byDocument.get(await documentMark(today(text)));
export const findPerson = async (id) => byPerson.get(await mark(`person:${id}`));

export const reveal = async (row) => (await opened(row)).name;

// The whole name, and how it is read: wangxiaoming.
async function opened(row) {
  const bytes = Uint8Array.from(atob(row.sealed), (one) => one.charCodeAt(0));
  const box = { name: "AES-GCM", iv: bytes.slice(0, 12), additionalData: new TextEncoder().encode(String(row.number)) };
  const [name, sound = ""] = new TextDecoder().decode(await crypto.subtle.decrypt(box, names, bytes.slice(12))).split("\n");
  return { name, sound };
}

// Whoever all of what was typed begins: initials, pinyin, a name; or whose last four it is. Masks and initials say who
// may be meant; only those are opened. Whoever is not tested yet first.
export async function search(text, tested, most = 8) {
  const asked = text.replace(/\s/g, "").toLowerCase(), tail = asked.toUpperCase(), byName = isName(text), found = [];
  for (const row of rows.values()) {
    if (found.length >= 60) break;
    if (row.tail === tail || !byName && row.initials.startsWith(asked)) found.push(row);
    else if (await begins(row, asked, byName)) found.push(row);
  }
  return found.sort((one, two) => Number(Boolean(tested(one))) - Number(Boolean(tested(two)))).slice(0, most);
}

async function begins(row, asked, byName) {
  if (byName) return row.masked[0] === asked[0] && (await opened(row)).name.replace(/\s/g, "").toLowerCase().startsWith(asked);
  return asked.length > 2 && row.initials[0] === asked[0] && (await opened(row)).sound.startsWith(asked);
}
