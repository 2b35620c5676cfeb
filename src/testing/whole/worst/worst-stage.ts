// Starts Rondo in separate processes and makes one piece. Then generates the requests that are most
// expensive for Rondo to read. Requests with DELETE use a missing id or a second user (`goer`), so
// that the piece and its user remain for the other requests.
import { hostileFiles } from "../../sound/hostile-files.ts";
import { createRondoClient } from "../processes/rondo-client.ts";
import { startRondo } from "../processes/rondo-processes.ts";
import { type ApiDocument, type WorstRequest, worstRequests } from "./worst-requests.ts";

const noLimits = Object.fromEntries(
  ["WRITES", "GENERATIONS", "BUSINESS", "ADDRESS", "SIGN_INS", "FAILED_CREDENTIALS"].map((name) => [
    `RONDO_LIMIT_${name}`,
    "off",
  ]),
);
const nobody = "01936f1e-8f7a-7000-8000-000000000001";

export async function createWorstStage() {
  const rondo = await startRondo(noLimits);
  const { url } = rondo;
  const operator = { authorization: `Bearer ${rondo.operatorKey}` };
  const [alice, goer] = [await createRondoClient(url), await createRondoClient(url)];
  const piece = await alice.start({ prompt: "slow piano", durationSeconds: 10 });
  await alice.untilEnded(piece);
  // The worker is killed, because making more pieces would use CPU time that the requests need.
  await rondo.killWorker();
  const made = await fetch(`${url}/v1/businesses/demo/keys`, {
    method: "POST",
    headers: { ...operator, "content-type": "application/json" },
    body: "{}",
  });
  const { key } = (await made.json()) as { key: string };
  const business = { authorization: `Bearer ${key}` };
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as ApiDocument;

  const unlessDeleted = (id: string) => (method: string) => (method === "DELETE" ? nobody : id);
  const ids = {
    requestId: unlessDeleted(piece.requestId),
    projectId: unlessDeleted(piece.projectId),
    trackId: unlessDeleted(piece.trackId),
    versionId: unlessDeleted(piece.versionId),
  };
  let names = 0;
  const samples = {
    ...ids,
    id: (method: string) => (method === "DELETE" ? nobody : piece.versionId),
    business: () => "demo",
    slug: (method: string) => (method === "GET" ? "demo" : `business-${++names}`),
    name: () => "a name",
    email: () => `name-${++names}@example.com`,
    password: () => "correct horse",
    prompt: () => "slow piano",
    instruction: () => "faster",
    path: () => `stream-${++names}`,
    file: () => "0.mp3",
    queue: () => "generation",
    userId: () => "somebody",
  };
  const credential = (scheme: string | undefined, method: string): Record<string, string> => {
    if (scheme === "operatorKey") return operator;
    if (scheme === "businessKey") return business;
    if (scheme === undefined) return {};
    return method === "DELETE" ? goer.headers : alice.headers;
  };

  return {
    url,
    texts: (isShort = false) => worstRequests({ document, credential, samples, isShort }),
    *uploads(bytes = 16 * 1024 * 1024): Generator<WorstRequest> {
      for (const [name, body] of Object.entries(hostileFiles(bytes)))
        yield { what: `verify: ${name}`, method: "POST", path: "/v1/verify", headers: {}, body };
      const type = { ...business, "content-type": "application/json" };
      yield { what: "make a stream", method: "PUT", path: "/v1/stream/hostile", headers: type };
      for (const [name, body] of Object.entries({
        "many messages": `[${"1,".repeat(bytes / 4)}1]`,
        "one large message": JSON.stringify({ a: Array.from({ length: bytes / 16 }, (_, at) => at) }),
        "nested lists": "[".repeat(bytes / 2),
        "well nested": "[".repeat(bytes / 4) + "]".repeat(bytes / 4),
        "a long text": `"${"a".repeat(bytes - 100)}"`,
        escapes: `"${"\\u0000".repeat(bytes / 8)}"`,
        "an open text": `"${"\\\\".repeat(bytes / 4)}`,
      }))
        yield { what: `append: ${name}`, method: "POST", path: "/v1/stream/hostile", headers: type, body };
      const rpc = {
        ...alice.headers,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      };
      const call = (id: number) => ({ jsonrpc: "2.0", id, method: "tools/list" });
      yield {
        what: "mcp: as many calls as the body limit allows",
        method: "POST",
        path: "/mcp",
        headers: rpc,
        body: JSON.stringify(Array.from({ length: 1_200 }, (_, id) => call(id))),
      };
    },
    [Symbol.asyncDispose]: () => rondo[Symbol.asyncDispose](),
  };
}
