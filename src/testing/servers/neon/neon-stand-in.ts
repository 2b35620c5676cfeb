// Starts a local stand-in for Neon, in front of real Postgres servers. The stand-in implements what Rondo uses of Neon:
// parts of the management API, of the WebSocket relay and of the /sql endpoint. Each branch has its own Postgres
// server, called its compute. The server of a new branch is a copy of the server of its parent branch, with all
// databases, roles and passwords, as in Neon. When a compute is suspended, its server is stopped.
import { connect, type Socket } from "node:net";
import { Pool, type PoolClient } from "@neondatabase/serverless";
import postgres from "postgres";
import "./neon-stand-in-driver.ts";
import { createPostgresCluster, type PostgresCluster } from "../postgres/postgres-server.ts";

export interface NeonStandIn extends AsyncDisposable {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly projectId: string;
  /** The names of all branches: first the branch of the project, then the others in the order of their creation. */
  branchNames(): readonly string[];
  /** Returns how many responses of the management API and of /sql had this status. */
  answered(status: number): number;
  /**
   * Returns the URL at which a superuser connects to a branch without the relay. A connection to this URL does not wake
   * a suspended compute.
   */
  superuserUrl(branchName: string, database: string): string;
  /** Returns the URL of a database, in the form that Neon gives to its clients. */
  url(branchName: string, role: string, password: string, database: string): string;
  hostOf(branchName: string): string;
  /**
   * Returns the branch's roles whose passwords the API knows. The API knows the passwords of the first roles of the
   * project, and each password that was reset with the API. A new branch has the known passwords of its parent.
   */
  passwordsOf(branchName: string): readonly { readonly role: string; readonly password: string }[];
  /** Suspends the compute of a branch. The next connection wakes the compute. */
  sleep(branchName: string): Promise<void>;
  /** Kills the compute of a branch, and so ends all its sessions. The next connection starts the compute again. */
  crash(branchName: string): Promise<void>;
  /**
   * Makes the next calls of the management API fail, one call for each status, in this order. 429: there were too many
   * requests. 423: another operation has locked the branch.
   */
  refuseNext(...statuses: readonly (423 | 429)[]): void;
}

interface Branch {
  readonly id: string;
  name: string;
  readonly cluster: PostgresCluster;
  readonly parentId: string | undefined;
  /** The passwords that the API knows, by role. The API does not know a password that was set with SQL. */
  readonly passwords: Map<string, string>;
  /** Until this time (in milliseconds since 1970), the API refuses changes of the branch with 423. */
  busyUntilMs: number;
  /**
   * The time in milliseconds since 1970 at which the first operation of the branch ends. Before this time, the relay
   * and /sql can't reach the compute of the branch.
   */
  readyAtMs: number;
}

interface Operation {
  readonly id: string;
  readonly branchId: string;
  readonly doneAtMs: number;
}

const operationMs = 60;

/** Starts the stand-in. The import of `neon-stand-in-driver.ts` connects this process's Neon driver to the stand-in. */
export async function startNeonStandIn(): Promise<NeonStandIn> {
  const projectId = "stand-in-project";
  const apiKey = "stand-in-key";
  const branches = new Map<string, Branch>();
  const operations = new Map<string, Operation>();
  const statuses = new Map<number, number>();
  const sessions = createSessions();
  const refusals: number[] = [];
  const hostOf = (branchId: string): string =>
    `${branchId.replace("br-", "ep-")}.port-${server.port}.neon.test`;
  addBranch("main", await createRoot(), firstPasswords);

  function addBranch(
    name: string,
    cluster: PostgresCluster,
    passwords: ReadonlyMap<string, string>,
    parentId?: string,
  ): Branch {
    const id = `br-${crypto.randomUUID().slice(0, 18)}`;
    const branch = {
      id,
      name,
      cluster,
      parentId,
      passwords: new Map(passwords),
      busyUntilMs: 0,
      readyAtMs: 0,
    };
    branches.set(id, branch);
    return branch;
  }

  function operationOn(branch: Branch): { id: string; status: string } {
    const operation = { id: crypto.randomUUID(), branchId: branch.id, doneAtMs: Date.now() + operationMs };
    operations.set(operation.id, operation);
    branch.busyUntilMs = operation.doneAtMs;
    return { id: operation.id, status: "running" };
  }

  const viewOf = ({ id, name }: Branch) => ({
    id,
    name,
    project_id: projectId,
    default: name === "main",
    current_state: "ready",
  });

  async function manage(request: Request, parts: readonly string[]): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${apiKey}`) return refuse(401, "not authorized");
    const refusal = refusals.shift();
    if (refusal === 429) return refuse(429, "too many requests", { "retry-after": "1" });
    if (refusal === 423) return refuse(423, "locked by another operation");
    const [, project, kind = "", id = "", part = "", role = "", action = ""] = parts;
    if (project !== projectId) return refuse(404, "project not found");
    const url = new URL(request.url);
    if (kind === "operations") {
      const operation = operations.get(id);
      if (!operation) return refuse(404, "operation not found");
      const status = Date.now() >= operation.doneAtMs ? "finished" : "running";
      return Response.json({ operation: { id, status, project_id: projectId } });
    }
    if (kind === "connection_uri") return uriOf(url.searchParams);
    if (kind !== "branches") return refuse(404, "not found");
    if (id === "" && request.method === "GET") {
      const search = url.searchParams.get("search") ?? "";
      const found = [...branches.values()].filter(({ name }) => name.includes(search));
      return Response.json({ branches: found.map(viewOf) });
    }
    if (id === "") return create(await request.json());
    const branch = branches.get(id);
    if (!branch) return refuse(404, "branch not found");
    if (part === "databases") return Response.json({ databases: await databasesOf(branch) });
    if (part === "roles" && request.method === "GET") return Response.json({ roles: await rolesOf(branch) });
    if (branch.busyUntilMs > Date.now()) return refuse(423, "branch is locked by a running operation");
    if (part === "roles" && action === "reset_password") return resetPassword(branch, role);
    if (part === "" && request.method === "PATCH") return rename(branch, await request.json());
    if (part === "" && request.method === "DELETE") return remove(branch);
    return refuse(404, "not found");
  }

  function uriOf(query: URLSearchParams): Response {
    const branch = branches.get(query.get("branch_id") ?? "");
    const role = query.get("role_name") ?? "";
    const password = branch?.passwords.get(role);
    if (!branch || password === undefined) return refuse(404, "role not found");
    const uri = `postgresql://${role}:${password}@${hostOf(branch.id)}/${query.get("database_name")}?sslmode=require`;
    return Response.json({ uri });
  }

  interface CreateBody {
    readonly branch?: { readonly name?: string; readonly parent_id?: string };
  }

  async function create({ branch: wanted = {} }: CreateBody): Promise<Response> {
    const parent = wanted.parent_id ? branches.get(wanted.parent_id) : [...branches.values()][0];
    const name = wanted.name ?? crypto.randomUUID();
    if (!parent) return refuse(404, "parent not found");
    if (parent.busyUntilMs > Date.now()) return refuse(423, "parent is locked by a running operation");
    if (isTaken(name)) return refuse(409, "branch name is taken");
    parent.busyUntilMs = Number.POSITIVE_INFINITY;
    const branch = await copyOf(parent, name).finally(() => {
      parent.busyUntilMs = Date.now() + operationMs;
    });
    const operations = [operationOn(branch)];
    branch.readyAtMs = branch.busyUntilMs;
    return Response.json({ branch: viewOf(branch), endpoints: [], operations }, { status: 201 });
  }

  async function copyOf(parent: Branch, name: string): Promise<Branch> {
    await parent.cluster.start();
    return addBranch(name, await parent.cluster.copy(), parent.passwords, parent.id);
  }

  const isTaken = (name: string): boolean => [...branches.values()].some((one) => one.name === name);

  function rename(branch: Branch, body: { readonly branch: { readonly name: string } }): Response {
    if (isTaken(body.branch.name)) return refuse(409, "branch name is taken");
    branch.name = body.branch.name;
    return Response.json({ branch: viewOf(branch), operations: [] });
  }

  async function remove(branch: Branch): Promise<Response> {
    if ([...branches.values()].some(({ parentId }) => parentId === branch.id))
      return refuse(422, "cannot delete branch that has children");
    branches.delete(branch.id);
    await branch.cluster[Symbol.asyncDispose]();
    return Response.json({ branch: viewOf(branch), operations: [] });
  }

  async function resetPassword(branch: Branch, role: string): Promise<Response> {
    const password = `npg_${crypto.randomUUID().replaceAll("-", "")}`;
    await ask(branch, `alter role "${role}" password '${password}'`);
    branch.passwords.set(role, password);
    await sessions.forget();
    return Response.json({ role: { name: role, password }, operations: [operationOn(branch)] });
  }

  const databasesOf = (branch: Branch) =>
    ask(
      branch,
      `select datname as name, pg_get_userbyid(datdba) as owner_name from pg_database
       where not datistemplate and datname <> 'postgres' order by oid`,
    );
  const rolesOf = (branch: Branch) =>
    ask(branch, "select rolname as name from pg_roles where rolcanlogin and not rolsuper order by 1");

  async function ask({ cluster }: Branch, statement: string): Promise<readonly unknown[]> {
    await cluster.start();
    const boss = postgres(cluster.url("postgres"), { max: 1, onnotice: () => {} });
    try {
      return Array.from(await boss.unsafe(statement));
    } finally {
      await boss.end({ timeout: 1 });
    }
  }

  /**
   * Wakes the compute of the branch with this host, and returns the port of the compute. Returns undefined if there is
   * no such branch, or if the first operation of the branch has not ended.
   */
  async function portOf(host: string): Promise<number | undefined> {
    const branch = [...branches.values()].find(({ id }) => hostOf(id) === host);
    if (branch === undefined || branch.readyAtMs > Date.now()) return undefined;
    await branch.cluster.start();
    return branch.cluster.port;
  }

  const server = Bun.serve<{
    readonly host: string;
    readonly early: Uint8Array[];
    socket?: Socket;
    isStarted: boolean;
  }>({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 120,
    async fetch(request, server) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/v1") {
        const [host = ""] = (searchParams.get("address") ?? "").split(":");
        const upgraded = server.upgrade(request, { data: { host, early: [], isStarted: false } });
        return upgraded ? undefined : refuse(426, "WebSocket only");
      }
      const answer =
        pathname === "/sql"
          ? await runSql(request, sessions, async (host) => (await portOf(host)) !== undefined)
          : await manage(request, pathname.replace("/api/v2/", "").split("/"));
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      return answer;
    },
    websocket: {
      perMessageDeflate: false,
      async open(ws) {
        const port = await portOf(ws.data.host);
        if (port === undefined) return ws.close();
        const socket = connect(port, "127.0.0.1");
        socket.setNoDelay(true);
        socket.on("data", (bytes) => void ws.sendBinary(Uint8Array.from(bytes as Buffer)));
        socket.on("close", () => ws.close());
        socket.on("error", () => ws.close());
        ws.data.socket = socket;
        for (const bytes of ws.data.early) socket.write(bytes);
      },
      message(ws, message) {
        const bytes = typeof message === "string" ? Buffer.from(message) : Buffer.from(message);
        const passedOn = ws.data.isStarted ? bytes : relayedStartup(bytes);
        ws.data.isStarted = true;
        if (ws.data.socket) ws.data.socket.write(passedOn);
        else ws.data.early.push(passedOn);
      },
      close: (ws) => void ws.data.socket?.destroy(),
    },
  });

  const named = (name: string): Branch => {
    const found = [...branches.values()].find((branch) => branch.name === name);
    if (!found) throw new Error(`no branch ${name}`);
    return found;
  };
  return {
    apiUrl: `http://127.0.0.1:${server.port}/api/v2`,
    apiKey,
    projectId,
    branchNames: () => [...branches.values()].map(({ name }) => name),
    answered: (status) => statuses.get(status) ?? 0,
    superuserUrl: (name, database) => named(name).cluster.url(database),
    url: (name, role, password, database) =>
      `postgresql://${role}:${password}@${hostOf(named(name).id)}/${database}?sslmode=require`,
    hostOf: (name) => hostOf(named(name).id),
    passwordsOf: (name) => Array.from(named(name).passwords, ([role, password]) => ({ role, password })),
    async sleep(name) {
      await sessions.forget();
      await named(name).cluster.stop();
    },
    async crash(name) {
      await sessions.forget();
      await named(name).cluster.kill();
    },
    refuseNext(...statuses) {
      refusals.push(...statuses);
    },
    async [Symbol.asyncDispose]() {
      await sessions.forget();
      await server.stop(true);
      await Promise.all([...branches.values()].map(({ cluster }) => cluster[Symbol.asyncDispose]()));
    },
  };
}

const refuse = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ request_id: "stand-in", code: "", message }, { status, headers });

/** The startup parameters that Neon's relay forwards. The relay drops all others, such as statement_timeout. */
const relayedParameters = new Set(["user", "database", "application_name", "options", "replication"]);

/** Returns the startup message without the parameters that the relay drops, and with client_encoding UTF8. */
function relayedStartup(message: Buffer): Buffer {
  const length = message.readInt32BE(0);
  const texts = message.subarray(8, length).toString().split("\0");
  const relayed: string[] = [];
  for (let at = 0; at + 1 < texts.length && texts[at] !== ""; at += 2)
    if (relayedParameters.has(texts[at]!)) relayed.push(texts[at]!, texts[at + 1]!);
  const body = Buffer.from(`${[...relayed, "client_encoding", "UTF8"].join("\0")}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  message.copy(head, 4, 4, 8);
  return Buffer.concat([head, body, message.subarray(length)]);
}

/** Creates a project as Neon does: with one database, whose owner is no superuser. Also creates a second role. */
async function createRoot(): Promise<PostgresCluster> {
  const cluster = await createPostgresCluster();
  const boss = postgres(cluster.url("postgres"), { max: 1, onnotice: () => {} });
  await boss`create role neon_superuser nologin createdb createrole`;
  await boss`create role neondb_owner login createdb createrole password 'first-owner-password' in role neon_superuser`;
  await boss`create database neondb owner neondb_owner`;
  await boss`create role analyst login password 'first-analyst-password' in role neon_superuser`;
  await boss.end({ timeout: 1 });
  return cluster;
}

interface Sessions {
  of(connectionString: string): Pool;
  /** Closes all connections of the /sql endpoint, so that each role must send its current password again. */
  forget(): Promise<void>;
}

function createSessions(): Sessions {
  const pools = new Map<string, Pool>();
  const types = { getTypeParser: () => (text: string) => text };
  return {
    of(connectionString) {
      const known = pools.get(connectionString);
      if (known) return known;
      const pool = new Pool({ connectionString, types, max: 5, idleTimeoutMillis: 1_000 });
      pool.on("error", () => {});
      pools.set(connectionString, pool);
      return pool;
    },
    async forget() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.end()));
    },
  };
}

const firstPasswords: ReadonlyMap<string, string> = new Map([
  ["neondb_owner", "first-owner-password"],
  ["analyst", "first-analyst-password"],
]);

interface SqlQuery {
  readonly query: string;
  readonly params?: readonly unknown[];
}

const isolationLevels: Readonly<Record<string, string>> = {
  ReadUncommitted: "read uncommitted",
  ReadCommitted: "read committed",
  RepeatableRead: "repeatable read",
  Serializable: "serializable",
};

/**
 * Handles one request with one query, or with several queries in one transaction. Values are in Postgres's text
 * format. After an error, the transaction is rolled back and the status is 400. If the host is unknown or its branch is
 * not ready yet, the status is 404.
 */
async function runSql(
  request: Request,
  sessions: Sessions,
  isThere: (host: string) => Promise<boolean>,
): Promise<Response> {
  const connectionString = request.headers.get("neon-connection-string") ?? "";
  if (!(await isThere(new URL(connectionString).hostname))) {
    return Response.json(
      {
        message: "The requested endpoint could not be found, or you don't have access to it.",
        code: "XX000",
      },
      { status: 404 },
    );
  }
  let client: PoolClient | undefined;
  try {
    const body = (await request.json()) as SqlQuery | { readonly queries: readonly SqlQuery[] };
    client = await sessions.of(connectionString).connect();
    if (!("queries" in body)) return Response.json(await runOne(client, body));
    const level = isolationLevels[request.headers.get("neon-batch-isolation-level") ?? ""];
    await client.query(level === undefined ? "begin" : `begin isolation level ${level}`);
    const results: unknown[] = [];
    for (const query of body.queries) results.push(await runOne(client, query));
    await client.query("commit");
    return Response.json({ results });
  } catch (err) {
    const { message, ...rest } = err as Error;
    client?.release(true);
    client = undefined;
    return Response.json({ message, ...rest }, { status: 400 });
  } finally {
    client?.release();
  }
}

async function runOne(client: PoolClient, { query, params = [] }: SqlQuery): Promise<unknown> {
  const result = await client.query({ text: query, values: [...params], rowMode: "array" });
  const { command, rowCount, fields, rows } = result;
  return { command, rowCount, fields, rows, rowAsArray: true };
}
