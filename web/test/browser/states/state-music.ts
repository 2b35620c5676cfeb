// Makes the music of a member by the API alone: pieces, versions, albums, a shared link and something in the trash.
import type { Page } from "playwright-core";
import type { StateSetting } from "./states.ts";

/** The page has to be open, so that its cookies belong to the member. */
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
