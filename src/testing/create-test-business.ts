// Creates a business in an embedded Rondo within the test process, for the tests of apps that use Rondo.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "../app.ts";
import { createBusiness } from "../businesses/lifecycle/create-business.ts";
import { eraseBusiness } from "../businesses/lifecycle/erase-business.ts";
import { readConfig } from "../config/config.ts";
import { type ApiDeps, createApiDeps } from "../deps/api-deps.ts";
import { createLog } from "../process/log.ts";
import { makeOnce } from "../make-once.ts";

export interface TestCaller {
  /**
   * Calls the API like `fetch`. The path begins with "/v1". The request has the caller's credential
   * unless the headers of `init` contain an Authorization or a Cookie.
   */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /**
   * Calls a named query and returns its result. If the API refuses the call, throws an error whose message contains the
   * code of the refusal.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of an answer
  query<Answer = any>(name: string, parameters?: object): Promise<Answer>;
}

export interface TestUser extends TestCaller {
  readonly userId: string;
  readonly token: string;
}

/** A business for a test. `fetch` and `query` send its key. Disposing it erases the business. */
export interface TestBusiness extends TestCaller, AsyncDisposable {
  readonly id: string;
  readonly slug: string;
  readonly key: string;
  /** Returns the user with a new token that is valid for an hour. By default, the user is new. */
  user(userId?: string): Promise<TestUser>;
}

interface TestRondo {
  readonly deps: ApiDeps;
  readonly fetch: (request: Request) => Promise<Response>;
}

const folderPrefix = "rondo-test-business-";
const origin = "http://rondo.test";
let made = 0;

/**
 * Creates an empty business. The first call starts a Rondo in a temporary folder, which a later
 * test process removes. All businesses of a test process are in this Rondo. This Rondo has the queries of
 * `query-specs/`. Its rate limits are off, except the limit of mails. It has no worker, so pieces
 * stay queued. Example: `await using business = await createTestBusiness()`.
 */
export async function createTestBusiness(): Promise<TestBusiness> {
  const { deps, fetch } = await startRondo();
  made += 1;
  const { id, slug } = await createBusiness(deps, "test", { slug: `test-${made}` });
  const { key } = await deps.keys.create(id, "test", "test");
  const business = callerOf(fetch, key);
  return {
    ...{ id, slug, key, ...business },
    async user(userId = `user-${crypto.randomUUID()}`) {
      const { token } = await answerOf<{ token: string }>(
        "POST /v1/tokens",
        await business.fetch("/v1/tokens", sending({ userId, expiresInSeconds: 3_600 })),
      );
      return { userId, token, ...callerOf(fetch, token) };
    },
    async [Symbol.asyncDispose]() {
      const row = await deps.control.kysely
        .updateTable("businesses")
        .set({ state: "erasing" })
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await eraseBusiness(deps, row, new AbortController().signal);
    },
  };
}

const startRondo = makeOnce(async (): Promise<TestRondo> => {
  await removeOldFolders();
  const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const limits = ["WRITES", "GENERATIONS", "BUSINESS", "ADDRESS", "ADDRESS_PIECES", "BUSINESS_PIECES"]
    .concat(["GUEST_MINUTES", "SIGN_INS", "FAILED_CREDENTIALS"])
    .map((name) => [`RONDO_LIMIT_${name}`, "off"]);
  const config = readConfig({ RONDO_DATA: folder, RONDO_LOG: "silent", ...Object.fromEntries(limits) });
  const deps = await createApiDeps(config, createLog("api", "silent"));
  const app = createApp(deps);
  return { deps, fetch: async (request) => app.fetch(request) };
});

/**
 * Removes the folders of test processes that have ended. A test process can't remove its own folder, because `bun test`
 * emits no event at its end.
 */
async function removeOldFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const pid = Number(name.slice(folderPrefix.length).split("-")[0]);
    if (!isRunning(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === "EPERM";
  }
}

function callerOf(fetch: TestRondo["fetch"], credential: string): TestCaller {
  const call: TestCaller["fetch"] = async (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization") && !headers.has("cookie"))
      headers.set("authorization", `Bearer ${credential}`);
    return fetch(new Request(new URL(path, origin), { ...init, headers }));
  };
  return {
    fetch: call,
    query: async (name, parameters = {}) =>
      answerOf(name, await call(`/v1/queries/${name}`, sending(parameters))),
  };
}

const sending = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

async function answerOf<Answer>(what: string, response: Response): Promise<Answer> {
  const body = await response.json();
  if (response.ok) return body as Answer;
  const { code, detail } = body as { readonly code?: string; readonly detail?: string };
  throw new Error(`${what}: ${response.status} ${code}: ${detail}`, { cause: body });
}
