// Keeps the page's shell for offline starts. Never touches /v1: audio needs Range answers, which the cache can't give.

/** The part of the worker's global that is used here; the DOM's own types leave it out. */
interface Lifecycle extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Event {
  readonly request: Request;
  respondWith(res: Promise<Response>): void;
}
interface ShellWorker {
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", run: (event: Lifecycle) => void): void;
  addEventListener(type: "fetch", run: (event: Fetching) => void): void;
}

const worker = globalThis as unknown as ShellWorker;
const CACHE = "rondo-shell-1";
/** The addresses of the page's views: all of them are answered with the same shell. */
const VIEW = /^\/(?:[pa]\/[^/]+|albums|trash)?$/;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.add("/"))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  const others = caches.keys().then((keys) => keys.filter((key) => key !== CACHE));
  event.waitUntil(
    others
      .then((keys) => Promise.all(keys.map((key) => caches.delete(key))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(cacheFirst(request));
  else if (request.mode === "navigate" && VIEW.test(url.pathname)) event.respondWith(networkFirst(request));
});

async function cacheFirst(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? keep(request, await fetch(request));
}

async function networkFirst(request: Request): Promise<Response> {
  try {
    const res = await fetch(request);
    if (res.ok) await dropOldAssets(await res.clone().text());
    return await keep("/", res);
  } catch {
    return (await caches.match("/")) ?? Response.error();
  }
}

/** A new build has new names for its files: the old ones are of no use. Views are fetched again when they are opened. */
async function dropOldAssets(shell: string): Promise<void> {
  const kept = await caches.match("/");
  if (!kept || (await kept.text()) === shell) return;
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/" && !shell.includes(pathname)) await cache.delete(request);
  }
}

async function keep(key: Request | string, res: Response): Promise<Response> {
  if (res.ok) await (await caches.open(CACHE)).put(key, res.clone());
  return res;
}
