// The page on any host, with a network or without: its own files are kept when it asks for that, others of its origin when they
// are first used; and all come with the headers of "magnet web", which a plain host does not send.

const cacheName = 'magnet-VERSION';
const files = 'FILES';
const headers = 'HEADERS';

/** With them threads of the page may share memory, and workers obey its policy. */
const withHeaders = (response) => {
  if (!response.ok || response.type !== 'basic') return response;
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers: all });
};

const fetched = async (cache, request) => {
  const response = withHeaders(await fetch(request));
  if (response.ok) await cache.put(request, response.clone());
  return response;
};

const keep = async () => {
  const cache = await caches.open(cacheName);
  await Promise.all(
    files.map(async (file) => {
      const { ok, status } = (await cache.match(file)) ?? (await fetched(cache, file));
      if (!ok) throw new Error(`${file} could not be fetched: ${status}`);
    }),
  );
};

/** The first is at work at once; one that will take the place of another has its files first. */
self.addEventListener('install', (event) => {
  event.waitUntil(self.registration.active ? keep() : self.skipWaiting());
});

self.addEventListener('activate', (event) => {
  const drop = async () => {
    const names = await caches.keys();
    await Promise.all(
      names.filter((name) => name.startsWith('magnet-') && name !== cacheName).map((name) => caches.delete(name)),
    );
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

self.addEventListener('message', (event) => {
  if (event.data === 'keep') event.waitUntil(keep().then(() => event.source.postMessage('kept')));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  const answer = async () => {
    const cache = await caches.open(cacheName);
    return (await cache.match(request, { ignoreSearch: true })) ?? fetched(cache, request);
  };
  event.respondWith(answer());
});
