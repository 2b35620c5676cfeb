// Tests CORS for sound and files: preflights, responses and refusals.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createServedStudio } from "../../testing/served-studio.ts";
import { toneMp3 } from "../../testing/sound/tone.ts";

setDefaultTimeout(60_000);

test("a page of any origin can read all responses for sound and files, including refusals", async () => {
  await using served = await createServedStudio();
  const { url, token } = served;
  const made = await served.make(await toneMp3(3));
  const authorization = `Bearer ${token}`;
  const version = `${url}/v1/versions/${made.versionId}`;
  const addresses = [
    `${version}/audio`,
    `${version}/playlist.m3u8`,
    `${version}/segments/0.mp3`,
    `${version}/peaks`,
    `${version}/download`,
    `${version}/download?format=wav`,
    `${url}/v1/projects/${made.projectId}/archive`,
  ];
  const expectOpen = (answer: Response) => {
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-expose-headers")).toContain("Content-Range");
  };
  for (const address of addresses) {
    const expected: readonly (readonly [RequestInit, number])[] = [
      [{ headers: { authorization } }, 200],
      // This request has neither a token nor a signature. The next request has an invalid token.
      [{}, 401],
      [{ headers: { authorization: "Bearer nonsense" } }, 401],
      [{ method: "POST", headers: { authorization } }, 405],
      [{ method: "OPTIONS", headers: { origin: "https://page.example" } }, 204],
    ];
    for (const [init, status] of expected) {
      const answer = await fetch(address, init);
      await answer.arrayBuffer();
      expect([address, init.method, answer.status]).toEqual([address, init.method, status]);
      expectOpen(answer);
      if (status === 405) expect(answer.headers.get("allow")).toBe("GET, HEAD");
      if (status === 204) {
        expect(answer.headers.get("access-control-allow-headers")).toBe(
          "Range, If-Range, If-None-Match, Authorization",
        );
        expect(answer.headers.get("access-control-allow-methods")).toBe("GET, HEAD, OPTIONS");
      }
    }
    const unknown = await fetch(address.replace(made.versionId, "none").replace(made.projectId, "none"), {
      headers: { authorization },
    });
    expect(unknown.status).toBe(404);
    expectOpen(unknown);
  }
  const beyond = await fetch(`${version}/audio`, { headers: { authorization, range: "bytes=99999999-" } });
  expect(beyond.status).toBe(416);
  expectOpen(beyond);
  const expired = await fetch(`${version}/audio?expires=1&signature=AAAA`);
  expect(expired.status).toBe(404);
  expectOpen(expired);
});
