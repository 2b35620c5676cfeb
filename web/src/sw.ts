// Caches the shell of the page (its HTML and its assets), so that the page starts without a network. If there is no
// network, this worker also serves the stored audio.

/**
 * These types describe the parts of a service worker that this script uses. TypeScript's DOM types don't contain them.
 */
interface Lifecycle extends Event {
  waitUntil(done: Promise<unknown> | undefined): void;
}
/** Not every browser has `addRoutes`: https://w3c.github.io/ServiceWorker/#dom-installevent-addroutes */
interface Installing extends Lifecycle {
  addRoutes?(rules: readonly Route[]): Promise<void>;
}
interface Route {
  readonly condition: { readonly urlPattern?: string; readonly requestDestination: RequestDestination };
  readonly source: "network" | "race-network-and-fetch-handler";
}
interface Fetching extends Event {
  readonly request: Request;
  /** The response that the browser requested for a navigation while this worker was starting. */
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(res: Promise<Response>): void;
}
interface ShellWorker {
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  skipWaiting(): Promise<void>;
  readonly registration: { readonly navigationPreload?: { enable(): Promise<void> } };
  addEventListener(type: "install", run: (event: Installing) => void): void;
  addEventListener(type: "activate", run: (event: Lifecycle) => void): void;
  addEventListener(type: "fetch", run: (event: Fetching) => void): void;
}

const worker = globalThis as unknown as ShellWorker;
/** The path with which every address of the page begins, such as /b/acme. Empty if the business has its own host. */
const BASE = worker.location.pathname.replace(/\/sw\.js$/, "");
const SHELL = `${BASE}/`;
const CACHE = `${BASE}rondo-shell-1`;
/** The cache of stored audio. Its name is the same as in storage/kept.ts, from which this script can't import. */
const KEPT_SOUND = `${BASE}rondo-sound-1`;
const AUDIO = /^\/v1\/versions\/[^/]+\/audio$/;
/** The views that start without a network. All of them are answered with the same shell. */
const VIEW = /^\/(?:[pa]\/[^/]+|albums|trash)?$/;

/** Whether a cache belongs to this page, and not to the page of another business on the same host. */
const isOwn = (cache: string): boolean => cache.startsWith(`${BASE}rondo-`);

/**
 * Routes for the requests of the page's scripts, such as calls of the API. (In a route, the destination "" means: sent
 * by a script.) The browser sends such requests straight to the network, so that they don't wait for the start of this
 * worker. A request for audio goes to the network and to this worker at the same time, and the first response is used.
 */
const routes: readonly Route[] = [
  {
    condition: { urlPattern: `${BASE}/v1/versions/*/audio`, requestDestination: "" },
    source: "race-network-and-fetch-handler",
  },
  { condition: { requestDestination: "" }, source: "network" },
];

worker.addEventListener("install", (event) => {
  // If the browser can't add routes, all requests pass through this worker.
  event.waitUntil(event.addRoutes?.(routes).catch(() => undefined));
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.add(SHELL))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  const others = caches
    .keys()
    .then((keys) => keys.filter((key) => isOwn(key) && key !== CACHE && key !== KEPT_SOUND));
  event.waitUntil(worker.registration.navigationPreload?.enable());
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
  const path = url.pathname.startsWith(SHELL) ? url.pathname.slice(BASE.length) : "";
  if (url.pathname.startsWith("/assets/")) event.respondWith(cacheFirst(request));
  else if (AUDIO.test(path)) event.respondWith(networkOrKept(request));
  else if (request.mode === "navigate" && VIEW.test(path)) event.respondWith(networkFirst(event));
});

/**
 * Returns audio from the server. Without a network, returns the requested range from the cache, or the whole audio if
 * no range was requested. If the cache doesn't contain the audio, throws the error of the network.
 */
async function networkOrKept(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (err) {
    const kept = await (await caches.open(KEPT_SOUND)).match(request.url, { ignoreVary: true });
    if (!kept) throw err;
    const sound = await kept.blob();
    const accepting = { "content-type": "audio/mpeg", "accept-ranges": "bytes" };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
    if (range === null) return new Response(sound.slice(0, sound.size, "audio/mpeg"), { headers: accepting });
    const [, first, last] = range;
    const from = Number(first);
    const to = Math.min(sound.size, last ? Number(last) + 1 : sound.size);
    if (from >= sound.size)
      return new Response(null, { status: 416, headers: { "content-range": `bytes */${sound.size}` } });
    return new Response(sound.slice(from, to, "audio/mpeg"), {
      status: 206,
      headers: { ...accepting, "content-range": `bytes ${from}-${to - 1}/${sound.size}` },
    });
  }
}

async function cacheFirst(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? keep(request, await fetch(request));
}

async function networkFirst({ request, preloadResponse }: Fetching): Promise<Response> {
  try {
    const res = (await preloadResponse) ?? (await fetch(request));
    if (res.ok) await dropOldAssets(await res.clone().text());
    return await keep(SHELL, res);
  } catch {
    return (await caches.match(SHELL)) ?? Response.error();
  }
}

/**
 * If the HTML has changed, removes the cached files that the new HTML doesn't name. Some of them are files of an
 * earlier build, which are no longer needed. The others are the code of views. The code is fetched again when a view is
 * opened.
 */
async function dropOldAssets(shell: string): Promise<void> {
  const kept = await caches.match(SHELL);
  if (!kept || (await kept.text()) === shell) return;
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== SHELL && !shell.includes(pathname)) await cache.delete(request);
  }
}

/** Stores the response in the cache, and returns the response, even if the browser has no room to store it. */
async function keep(key: Request | string, res: Response): Promise<Response> {
  if (!res.ok) return res;
  try {
    await (await caches.open(CACHE)).put(key, res.clone());
  } catch {
    // Without the cache, the page works as long as there is a network.
  }
  return res;
}
