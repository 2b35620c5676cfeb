// Measures chunk streams: reads, appends, the latency of the delivery, and the delivery to many listeners. For
// comparison, other servers are measured, too:
// - reads: a bare server, and the reference server of the protocol
// - appends: the reference server of the protocol
// - latency: a bare server
// Requires Linux, wrk and node.
// Before the first run: `(cd bench && bun install)`. Without arguments, everything is measured.
// Run: `bun bench/streams.ts [reads|appends|latency|many ...]`.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuMsOf } from "../src/testing/whole/processes/process-cpu.ts";

const here = join(import.meta.dirname, "streams");
const root = join(import.meta.dirname, "..");
const seconds = 3;

interface Server extends AsyncDisposable {
  readonly origin: string;
  readonly authorization: string;
  readonly pid: number;
}

/** Starts a server as a child process, and waits until the process prints its address. */
async function startChild(command: string[]): Promise<Server> {
  const child = Bun.spawn(command, { cwd: here, stdout: "pipe", stderr: "inherit" });
  let origin: string | undefined;
  const output = child.stdout.getReader();
  while (origin === undefined) {
    const { done, value } = await output.read();
    if (done) break;
    origin = /http:\S+/.exec(new TextDecoder().decode(value))?.[0];
  }
  // The output is read to its end, because a full pipe would block a server that logs.
  void (async () => {
    while (!(await output.read()).done);
  })();
  if (origin === undefined) throw new Error(`${command.join(" ")} did not start.`);
  return { origin, authorization: "none", pid: child.pid, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: Bun.Subprocess): Promise<void> {
  child.kill("SIGTERM");
  await child.exited;
}

interface Rondo extends Server {
  readonly chunks: string;
  readonly businessId: string;
}

/** Starts the complete API as in production, with temporary data, a business and its key. */
async function startRondo(): Promise<Rondo> {
  const data = mkdtempSync(join(tmpdir(), "rondo-bench-"));
  const ready = Promise.withResolvers<string>();
  const operator = "operator-key-of-the-bench";
  const child = Bun.spawn([process.execPath, join(root, "src/main.ts")], {
    cwd: root,
    env: { ...process.env, RONDO_DATA: data, RONDO_OPERATOR_KEY: operator, RONDO_LOG: "warn", PORT: "0" },
    stdout: "inherit",
    stderr: "inherit",
    ipc: (message: { url: string }) => ready.resolve(message.url),
  });
  const origin = new URL(await ready.promise).origin.replace("localhost", "127.0.0.1");
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${operator}`, "content-type": "application/json" };
    const res = await fetch(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`);
    return (await res.json()) as { id: string; key: string };
  };
  const { id } = await post("/v1/businesses", { slug: "bench" });
  const { key } = await post("/v1/businesses/bench/keys", { name: "bench" });
  return {
    origin,
    authorization: `Bearer ${key}`,
    pid: child.pid,
    chunks: join(data, "chunks"),
    businessId: id,
    async [Symbol.asyncDispose]() {
      await end(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Sends a request to a stream. A POST without a body closes the stream. Throws if the response is an error. */
async function send(
  server: Server,
  method: string,
  path: string,
  body?: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const closed = String(method === "POST" && body === undefined);
  const headers = {
    authorization: server.authorization,
    "content-type": "audio/mpeg",
    "stream-closed": closed,
  };
  const res = await fetch(`${server.origin}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`);
}

interface Load {
  readonly perSecond: number;
  /**
   * The server's processor time per request in microseconds. On a shared machine, this time varies
   * less than the rate.
   */
  readonly processorUs: number;
}

/** Measures a server with wrk. `script` is a Lua script that defines the requests. Without a script, wrk sends GET. */
async function load(server: Server, path: string, script = ""): Promise<Load> {
  const file = join(tmpdir(), `bench-${process.pid}.lua`);
  await Bun.write(file, script);
  const header = `Authorization: ${server.authorization}`;
  const args = ["-t1", "-c32", `-d${seconds}s`, "-H", header, "-s", file, `${server.origin}${path}`];
  const before = cpuUsOf(server.pid);
  const out = await new Response(Bun.spawn(["wrk", ...args], { stdout: "pipe" }).stdout).text();
  const processorUs = cpuUsOf(server.pid) - before;
  if (/Non-2xx/.test(out)) throw new Error(out);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1]),
    processorUs: processorUs / Number(/(\d+) requests in/.exec(out)?.[1]),
  };
}

const table: [string, string][] = [];
const tell = (what: string, figure: string): void => {
  table.push([what, figure]);
  console.log(`${what.padEnd(90)} ${figure}`);
};
const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString("en")}/s`;
const figureOf = (load: Load): string => `${perSecond(load.perSecond)}, ${load.processorUs.toFixed(1)} µs`;
const against = (left: Load, right: Load): string => ratio(left.perSecond, right.perSecond);
const idle: Load = { perSecond: 0, processorUs: 0 };
const ratio = (left: number, right: number): string => (left / right).toFixed(2);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * Runs the variants alternately, in rounds, so that other work on the machine affects all of them.
 * Returns the medians in the order of `runs`.
 */
async function sideBySide(runs: readonly (() => Promise<Load>)[], rounds = 3): Promise<Load[]> {
  const loads = runs.map((): Load[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of runs.entries()) loads[i]?.push(await run());
  }
  return loads.map((of) => ({
    perSecond: median(of.map((load) => load.perSecond)),
    processorUs: median(of.map((load) => load.processorUs)),
  }));
}

async function measureReads(rondo: Rondo): Promise<void> {
  await using reference = await startChild(["node", "reference-process.mjs"]);
  await using bare = await startChild([process.execPath, "bare-process.ts"]);
  const path = "/v1/stream/read";
  for (const server of [rondo, reference]) {
    await send(server, "PUT", path);
    for (let i = 0; i < 2; i++) await send(server, "POST", path, new Uint8Array(16 * 1024));
    await send(server, "POST", path);
  }
  const [least = idle, ours = idle, theirs = idle] = await sideBySide([
    () => load(bare, "/"),
    () => load(rondo, path),
    () => load(reference, path),
  ]);
  tell("32 KB catch-up read: bare Bun.serve of the same bytes", figureOf(least));
  tell(
    "  Rondo, with key check (part of the bare server's rate; goal: at least 0.75)",
    `${figureOf(ours)} (${against(ours, least)})`,
  );
  tell(
    "  reference server, in memory (Rondo's rate divided by this rate; goal: at least 3)",
    `${figureOf(theirs)} (${against(ours, theirs)})`,
  );
}

async function measureAppends(rondo: Rondo): Promise<void> {
  await using reference = await startChild(["node", "reference-process.mjs", "file"]);
  await using durable = await startChild([process.execPath, "durable-process.ts"]);
  const servers = [rondo, durable, reference];
  for (const bytes of [1_000, 16_000]) {
    const path = `/v1/stream/append${bytes}`;
    for (const server of servers) await send(server, "PUT", path);
    const script = `wrk.method = "POST"; wrk.body = string.rep("x", ${bytes}); wrk.headers["Content-Type"] = "audio/mpeg"`;
    const loads = await sideBySide(servers.map((server) => () => load(server, path, script)));
    const [ours = idle, synced = idle, theirs = idle] = loads;
    tell(`appends of ${bytes} bytes: Rondo with its default settings`, figureOf(ours));
    tell(
      "  Rondo, with disk sync (its rate divided by the reference server's; goal: at least 1)",
      `${figureOf(synced)} (${against(synced, theirs)})`,
    );
    tell("  reference server, durable file store", figureOf(theirs));
  }
}

interface Heard {
  readonly chunks: number;
  readonly p50: number;
  readonly p99: number;
  readonly gapMax: number;
}

/**
 * Starts a process that listens to the streams whose paths begin with `prefix`, and waits until all
 * listeners have received data. Returns a reader of the process's output. The only line that
 * follows is a `Heard` as JSON.
 */
async function startListening(server: Server, prefix: string, streams: number, listeners: number) {
  const args = [server.origin, prefix, streams, listeners, server.authorization].map(String);
  const listening = Bun.spawn([process.execPath, "listeners-process.ts", ...args], {
    cwd: here,
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = listening.stdout
    .pipeThrough(new TextDecoderStream() as never)
    .getReader() as ReadableStreamDefaultReader<string>;
  await lines.read();
  return lines;
}

let runs = 0;

async function measureListeners(
  rondo: Rondo,
  streams: number,
  listeners: number,
  chunks: number,
  paceMs: number,
) {
  const prefix = `run${++runs}-`;
  for (let i = 0; i < streams; i++) await send(rondo, "PUT", `/v1/stream/${prefix}${i}`);
  const lines = await startListening(rondo, `/v1/stream/${prefix}`, streams, listeners);
  const readsBefore = await counterOf(rondo, "chunk_store_reads");
  const args = [rondo.chunks, rondo.businessId, `own/${prefix}`, streams, chunks, paceMs].map(String);
  const writing = Bun.spawn([process.execPath, "writer-process.ts", ...args], {
    cwd: here,
    stderr: "inherit",
  });
  const before = cpuUsOf(rondo.pid);
  const { value } = await lines.read();
  const sendUs = (cpuUsOf(rondo.pid) - before) / (chunks * listeners);
  await writing.exited;
  const heard = JSON.parse(value ?? "{}") as Heard;
  if (heard.chunks !== chunks * listeners)
    throw new Error(`received ${heard.chunks} of ${chunks * listeners} chunks`);
  const reads = (await counterOf(rondo, "chunk_store_reads")) - readsBefore;
  return { ...heard, reads, sendUs };
}

/** Measures the latency of a bare Bun server, which has no store, no lookups and no checks. */
async function measureBareListeners(listeners: number, chunks: number, paceMs: number): Promise<Heard> {
  const args = [listeners, chunks, paceMs].map(String);
  await using bare = await startChild([process.execPath, "bare-relay-process.ts", ...args]);
  const lines = await startListening(bare, "/", 1, listeners);
  const { value } = await lines.read();
  return JSON.parse(value ?? "{}") as Heard;
}

async function counterOf({ origin }: Server, name: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(new RegExp(`^rondo_${name}\\S* (\\d+)`, "m").exec(text)?.[1] ?? Number.NaN);
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const cpuUsOf = (pid: number): number => cpuMsOf(pid) * 1_000;
const memoryOf = ({ pid }: Server): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/** The goals for the latency, as texts to print. The keys are numbers of listeners. */
const goals: Readonly<Record<number, string>> = {
  1: " (goal: p50 at most 3 ms)",
  1000: " (goal: at most 1.5 times the bare server)",
};

async function measureLatency(rondo: Rondo): Promise<void> {
  await measureListeners(rondo, 1, 100, 100, 20);
  for (const listeners of [1, 100, 1_000]) {
    const bare = await measureBareListeners(listeners, 20, 500);
    const { p50, p99, reads, sendUs } = await measureListeners(rondo, 1, listeners, 20, 500);
    const figure = `p50 ${ms(p50)}, p99 ${ms(p99)}, ${reads} store reads for 20 chunks`;
    tell(`chunk stored by another process → ${listeners} listeners${goals[listeners] ?? ""}`, figure);
    tell("  a bare Bun.serve that sends them the same", `p50 ${ms(bare.p50)}, p99 ${ms(bare.p99)}`);
    tell("  processor time per chunk and listener", `${sendUs.toFixed(1)} µs`);
  }
}

async function measureMany(rondo: Rondo): Promise<void> {
  const one = await measureListeners(rondo, 1, 5_000, 8, 1_000);
  const memory = `${Math.round(memoryOf(rondo))} MiB`;
  tell(
    "5,000 listeners of one stream: longest gap (goal: at most 2 s); memory (goal: at most 1 GiB)",
    `${ms(one.gapMax)}; ${memory}`,
  );
  tell("  latency", `p50 ${ms(one.p50)}, p99 ${ms(one.p99)}`);
  const many = await measureListeners(rondo, 500, 2_000, 8, 1_000);
  tell("500 live streams, 4 listeners each: latency", `p50 ${ms(many.p50)}, p99 ${ms(many.p99)}`);
  tell(
    "  reads of the store per chunk; memory",
    `${ratio(many.reads, 4_000)}; ${Math.round(memoryOf(rondo))} MiB`,
  );
}

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
await using rondo = await startRondo();
if (wants("reads")) await measureReads(rondo);
if (wants("appends")) await measureAppends(rondo);
if (wants("latency")) await measureLatency(rondo);
if (wants("many")) await measureMany(rondo);
console.log(
  `\n| What | Figure |\n|---|---|\n${table.map(([what, figure]) => `| ${what.trim()} | ${figure} |`).join("\n")}`,
);
