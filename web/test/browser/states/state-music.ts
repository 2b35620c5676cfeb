// Uses the API to create the content that the page and the console show in their states. For the page: a member with
// pieces, versions, albums, a deleted piece and a shared link. For the console: a business, a key, and a piece of a
// user.
import type { Page } from "playwright-core";
import type { RondoProcesses } from "../../../../src/testing/whole/processes/rondo-processes.ts";
import type { StateSetting } from "./states.ts";

/**
 * Signs up a member, and creates the member's pieces and albums. Returns the paths of a piece, a full album, an empty
 * album, and a shared link. `page` has to show a page of the app, so that the browser stores the member's cookies.
 */
export const makeMembersMusic = (page: Page, email: string): Promise<StateSetting["addresses"]> =>
  page.evaluate(async (as) => {
    const send = async (method: string, path: string, body?: object) => {
      const headers = { "content-type": "application/json" };
      const res = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      const text = await res.text();
      if (!res.ok) throw new Error(`${method} ${path}: ${text}`);
      return text === "" ? {} : JSON.parse(text);
    };
    const isComplete = async ({ requestId }: { requestId: string }) => {
      for (;;) {
        const { state } = await send("GET", `/v1/generations/${requestId}`);
        if (state === "complete") return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await send("POST", "/v1/accounts/sign-up", { business: "demo", email: as, password: "long enough" });
    const prompts = ["Slow piano in the rain", "Bright folk guitar", "Jazz after midnight", "Tango"];
    const made = [];
    for (const prompt of prompts)
      made.push(await send("POST", "/v1/generations", { prompt, durationSeconds: 10 }));
    for (const one of made) await isComplete(one);
    const [first, second, third, last] = made;
    await isComplete(
      await send("POST", `/v1/versions/${first.versionId}/versions`, { instruction: "faster" }),
    );
    const album = async (name: string) =>
      (await send("POST", "/v1/queries/projects.create", { name })).item.id;
    const [full, empty] = [await album("Late evenings"), await album("Mornings")];
    for (const { trackId } of [second, third])
      await send("POST", "/v1/queries/tracks.move", { trackId, projectId: full });
    await send("POST", "/v1/queries/tracks.like", { trackId: second.trackId, isLiked: true });
    await send("DELETE", `/v1/tracks/${last.trackId}`);
    const { url } = await send("PUT", `/v1/tracks/${first.trackId}/share`);
    return {
      ...{ piece: `/p/${first.trackId}`, album: `/a/${full}`, empty: `/a/${empty}` },
      shared: new URL(url, location.href).pathname,
    };
  }, email);

/**
 * For the page, creates the business acme, whose users sign in at a page outside Rondo. For the console, creates a key
 * of the business demo, and a piece of a user of demo. Returns the URL of acme's page as `house`, and the two keys that
 * open the console.
 */
export async function createBusinesses({
  url,
  operatorKey,
}: RondoProcesses): Promise<Pick<StateSetting, "house" | "keys">> {
  const send = async (key: string, method: string, path: string, body: object) => {
    const res = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!res.ok) throw new Error(`${method} ${path}: ${await res.text()}`);
    return (await res.json()) as Record<string, string>;
  };
  const host = `acme.localhost:${new URL(url).port}`;
  await send(operatorKey, "POST", "/businesses", { slug: "acme", name: "Acme" });
  const theme = { name: "Acme", signIn: { url: "http://127.0.0.1:1/sign-in" } };
  await send(operatorKey, "PUT", "/businesses/acme/app", { format: 1, theme });
  await send(operatorKey, "PUT", "/businesses/acme/hosts", { hosts: [host] });
  const { key = "" } = await send(operatorKey, "POST", "/businesses/demo/keys", { name: "the shop" });
  const { token = "" } = await send(key, "POST", "/tokens", { userId: "bea" });
  await send(token, "POST", "/generations", { prompt: "Rain on a tin roof", durationSeconds: 10 });
  return { house: `http://${host}/`, keys: { operator: operatorKey, business: key } };
}
