import { expect, onTestFinished, test } from "bun:test";

test("if the browser has no room for a cache, the page and its files are still returned", async () => {
  const handlers = new Map<string, (event: object) => void>();
  const full = {
    put: () => Promise.reject(new DOMException("There is no room.", "QuotaExceededError")),
    keys: async () => [],
  };
  const { addEventListener, caches, fetch } = globalThis;
  onTestFinished(() => void Object.assign(globalThis, { addEventListener, caches, fetch }));
  Object.assign(globalThis, {
    addEventListener: (type: string, run: (event: object) => void) => handlers.set(type, run),
    caches: { open: async () => full, match: async () => undefined },
    fetch: async () => new Response("from the server"),
  });
  history.replaceState(null, "", "/sw.js");
  // sw.ts is a script without exports. The cast hides its path from TypeScript, which would refuse this import.
  await import("./sw.ts" as string);
  const textOf = async (path: string, mode: string): Promise<string> => {
    let answer: Promise<Response> | undefined;
    const request = { url: `${location.origin}${path}`, method: "GET", mode, headers: new Headers() };
    handlers.get("fetch")!({ request, respondWith: (res: Promise<Response>) => (answer = res) });
    return (await answer!).text();
  };
  expect(await textOf("/assets/main.js", "no-cors")).toBe("from the server");
  expect(await textOf("/", "navigate")).toBe("from the server");
  history.replaceState(null, "", "/");
});
