// Keeps the pages of phones and what they are made of on the device, so that they open where there is no network for days.
// The page: from the network if it answers in time, else the kept one. Static files: the kept one first.
const FILES = {{ files|safe }};
const PAGES = {{ pages|safe }};
const KEPT = "lz-field-1";
const PATIENCE = 4000;

self.addEventListener("install", (event) => event.waitUntil(caches.open(KEPT).then((store) => store.addAll(FILES)).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(request, answer) {
  if (!answer.ok || answer.redirected) return answer;
  const store = await caches.open(KEPT);
  await store.put(request, answer.clone());
  return answer;
}

async function page(request, kept) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const fresh = fetch(request).then((answer) => keep(kept, answer));
  const answer = await Promise.race([fresh.catch(() => null), late]);
  return answer || (await caches.match(kept, { ignoreVary: true })) || fresh;
}

async function fixed(request) {
  return (await caches.match(request, { ignoreVary: true })) || keep(request, await fetch(request));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate" && PAGES.includes(address.pathname)) event.respondWith(page(request, address.pathname));
  else if (address.pathname.startsWith("/static/")) event.respondWith(fixed(request));
});

// The page came before its worker: it tells what else it is made of.
self.addEventListener("message", (event) => {
  event.waitUntil(caches.open(KEPT).then((store) => Promise.all(event.data.map((address) => store.match(address).then((there) => there || store.add(address).catch(() => {}))))));
});
