// Tests that the app responds to reads on Node.js as it does on Bun, with the same stores.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createUserToken } from "../../accounts/users.ts";
import { createApp } from "../../app.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { createTestStores, silentLog } from "../test-stores.ts";
import { missingForFleet, startFleetStores } from "../whole/processes/fleet-stores.ts";
import { findNode, missingNode } from "./find-node.ts";
import { type NodeApp, startNodeApp } from "./node-app.ts";

setDefaultTimeout(60_000);

const node = findNode();
const missing = [...missingForFleet(), ...(node === undefined ? [missingNode] : [])];
if (missing.length > 0) console.log(`skipped on Node: this machine has no ${missing.join(" and no ")}`);

describe.skipIf(missing.length > 0)("the app on Node", () => {
  const closing = new AsyncDisposableStack();
  let onNode: NodeApp;
  let onBun: ReturnType<typeof createApp>;
  let user: Record<string, string>;
  let otherUser: Record<string, string>;
  let business: Record<string, string>;
  const sound = crypto.getRandomValues(new Uint8Array(32 * 1024));

  beforeAll(async () => {
    const { environment } = closing.use(await startFleetStores());
    const stores = closing.use(await createTestStores(environment));
    const deps = await createApiDeps(stores.config, silentLog);
    closing.defer(() => deps.close());
    onBun = createApp(deps);
    const own = await stores.createBusiness();
    const other = await stores.createBusiness();
    const tokenOf = async (businessId: string) => {
      const caller = { kind: "business", businessId, keyId: "test" } as const;
      const { token } = await createUserToken(deps, caller, { userId: "alice", expiresInSeconds: 3_600 });
      return { authorization: `Bearer ${token}` };
    };
    user = await tokenOf(own.id);
    otherUser = await tokenOf(other.id);
    business = { authorization: `Bearer ${(await deps.keys.create(own.id, "test", "operator")).key}` };
    for (const name of ["Nocturnes", "Études"]) {
      const headers = { ...user, "content-type": "application/json" };
      const body = JSON.stringify({ name });
      const made = await onBun.request("/v1/queries/projects.create", { method: "POST", headers, body });
      expect(made.status).toBe(200);
    }
    const headers = { ...business, "content-type": "audio/mpeg", "stream-closed": "true" };
    const put = await onBun.request("/v1/stream/sound", { method: "PUT", headers, body: sound });
    expect(put.status).toBe(201);
    onNode = closing.use(
      await startNodeApp(node ?? "", {
        ...environment,
        RONDO_DATA: stores.config.dataDir,
        RONDO_LOG: "silent",
      }),
    );
  });
  afterAll(() => closing.disposeAsync());

  test("runs without the global Bun", () => {
    expect(onNode.hasBun).toBe(false);
  });

  test("returns the same rows of a named query as the app on Bun", async () => {
    const path = "/v1/queries/projects.list?limit=1";
    const answer = await onNode.ask(path, user);
    const first = json(answer.body);
    expect(answer.status).toBe(200);
    expect(first.items.map(({ name }) => name)).toEqual(["Études"]);
    const next = `/v1/queries/projects.list?limit=1&after=${first.next}`;
    const [second, sameOnBun] = [await onNode.ask(next, user), await onBun.request(next, { headers: user })];
    expect(json(second.body).items.map(({ name }) => name)).toEqual(["Nocturnes"]);
    expect(Buffer.from(second.body, "base64").toString()).toBe(await sameOnBun.text());
    expect(json((await onNode.ask(path, otherUser)).body).items).toEqual([]);
  });

  test("responds with 304 to a request with the ETag of an earlier response", async () => {
    const path = "/v1/queries/projects.list";
    const { headers } = await onNode.ask(path, user);
    const again = await onNode.ask(path, { ...user, "if-none-match": headers.etag ?? "" });
    expect(again.status).toBe(304);
  });

  test("returns every byte of a stream by a plain GET, by long-poll and by server-sent events", async () => {
    for (const query of ["", "?offset=-1&live=long-poll"]) {
      const { status, body, headers } = await onNode.ask(`/v1/stream/sound${query}`, business);
      expect([status, headers["stream-closed"]]).toEqual([200, "true"]);
      expect(Buffer.from(body, "base64").equals(sound)).toBe(true);
    }
    const { headers, body } = await onNode.ask("/v1/stream/sound?offset=-1&live=sse", business);
    expect(headers["content-type"]).toContain("text/event-stream");
    const events = Buffer.from(body, "base64").toString().split("\n\n");
    const data = events.filter((event) => event.startsWith("event: data")).map(dataOf);
    expect(Buffer.from(data.join(""), "base64").equals(sound)).toBe(true);
  });

  test("responds to a refused request with the same error status as the app on Bun", async () => {
    for (const [path, headers] of [
      ["/v1/queries/projects.list", {}],
      ["/v1/queries/none", user],
      ["/v1/stream/none", business],
      ["/v1/stream/sound", user],
    ] as const) {
      const [answer, sameOnBun] = [await onNode.ask(path, headers), await onBun.request(path, { headers })];
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBe(sameOnBun.status);
    }
  });
});

interface ProjectPage {
  readonly items: readonly { readonly name: string }[];
  readonly next: string | null;
}

const json = (body: string) => JSON.parse(Buffer.from(body, "base64").toString()) as ProjectPage;
const dataOf = (event: string): string =>
  [...event.matchAll(/^data: ?(.*)$/gm)].map(([, text]) => text).join("");
