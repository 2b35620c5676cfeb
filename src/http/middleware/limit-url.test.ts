// Sends long URLs, and a path that contains NUL, to a server that runs in a separate process. Afterwards, the server
// still answers.
import { expect, setDefaultTimeout, test } from "bun:test";
import { spawnProcess } from "../../testing/whole/processes/spawned-process.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";

setDefaultTimeout(60_000);

test("a URL that is very long or contains NUL gets an error and doesn't stop the server", async () => {
  await using directory = await createTemporaryDirectory();
  const api = await spawnProcess({
    file: "src/main.ts",
    directory: directory.path,
    environment: { RONDO_DATA: directory.path, RONDO_LOG: "info", PORT: "0" },
    startedWhen: /"url":"(http[^"]+)"/,
  });
  try {
    const url = api.started[1]!.replace(/\/$/, "");
    const guest = await fetch(`${url}/v1/accounts/guest`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"business":"demo"}',
    });
    const { token } = (await guest.json()) as { token: string };
    const ask = (query: string) =>
      fetch(`${url}/v1/queries/generations.recent?${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
    const ids = Array.from({ length: 1_000 }, () => `states=${crypto.randomUUID()}`).join("&");
    const listed = await ask(ids);
    expect(listed.status).toBe(400);
    expect((await listed.json()) as object).toMatchObject({ faults: [{ at: "states" }] });

    for (const length of [66_000, 200_000]) {
      const refused = await ask(`states=${"x".repeat(length)}`);
      expect(refused.status).toBe(414);
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
      expect((await refused.json()) as object).toMatchObject({ code: "URL_TOO_LONG" });
    }
    expect((await fetch(`${url}/v1/versions/a%00b/audio`)).status).toBe(404);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  } finally {
    await api.end("SIGTERM");
  }
}, 60_000);
