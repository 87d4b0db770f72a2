// What the phone keeps. Everything of people lies encrypted (AES-GCM) under a key that this browser made, cannot give away
// and forgets at the wipe. A change is one transaction that is on the disk before anything is said.
import { deleteDB, openDB } from "../vendor/idb/8.0.4/index.js";

const NAME = "lz-field", VERSION = 1, STORES = ["keys", "meta", "pages", "scans", "batches", "events"];
let db = null, cipher = null;

export const newId = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
  (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

// UUID version 7: in the order of time, as the server's own keys are.
export function timeId(at = Date.now()) {
  const time = at.toString(16).padStart(12, "0"), rest = newId();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(15, 18)}-${"89ab"[parseInt(rest[19], 16) & 3]}${rest.slice(20)}`;
}

export async function open() {
  db = await openDB(NAME, VERSION, {
    upgrade(made) {
      for (const name of STORES) made.createObjectStore(name);
    },
    terminated() {
      db = null;
    },
  });
  cipher = await db.get("keys", "store") ?? null;
  if (!cipher) {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await db.put("keys", key, "store");
    cipher = key;
  }
}

const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

// The server's keys for this phone: usable here, readable nowhere.
export async function keepKeys({ name, match }) {
  const names = await crypto.subtle.importKey("raw", fromHex(name), "AES-GCM", false, ["decrypt"]);
  const found = await crypto.subtle.importKey("raw", fromHex(match), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  await write([{ store: "keys", key: "name", plain: names }, { store: "keys", key: "match", plain: found }]);
}

export const key = (name) => db.get("keys", name);

async function sealed(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, new TextEncoder().encode(JSON.stringify(value)));
  return { iv, data };
}

async function unsealed({ iv, data }) {
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, cipher, data)));
}

// changes: {store, key, value} sealed · {store, key, plain} as it is · {store, key, drop: true}. All of them or none.
export async function write(changes) {
  const ready = await Promise.all(changes.map(async (one) => ("value" in one ? { ...one, plain: await sealed(one.value) } : one)));
  const tx = db.transaction([...new Set(ready.map(({ store }) => store))], "readwrite", { durability: "strict" });
  const done = ready.map((one) => {
    const store = tx.objectStore(one.store);
    if (one.clear) return store.clear();
    return one.drop ? store.delete(one.key) : store.put(one.plain, one.key);
  });
  await Promise.all([...done, tx.done]);
}

export async function get(store, name) {
  const found = await db.get(store, name);
  return found ? unsealed(found) : undefined;
}

// [[key, value], …] in the order of the keys.
export async function all(store) {
  const [names, values] = await Promise.all([db.getAllKeys(store), db.getAll(store)]);
  return Promise.all(values.map(async (value, at) => [names[at], await unsealed(value)]));
}

// The key goes first: from then on nothing that may be left can be read.
export async function wipe() {
  await db.clear("keys");
  cipher = null;
  db.close();
  await deleteDB(NAME);
}
