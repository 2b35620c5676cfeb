// Measures how many range requests for finished audio are answered per second. Rondo's audio route with a signed link
// is compared with nginx and with a bare Bun.serve. All three send the same file. Only Rondo checks access and reads a
// database at each request.
// Requires wrk and nginx. Run: bun bench/finished-audio.ts [seconds]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRondoClient } from "../src/testing/whole/processes/rondo-client.ts";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";
import { until } from "../src/testing/until.ts";

const nginxPort = 18_197;
const ranges = [
  ["64 KiB", "bytes=131072-196607"],
  ["1 MiB", "bytes=0-1048575"],
  ["requests for the whole file, as a player sends them", "bytes=0-"],
] as const;

async function startNginx(folder: string, root: string) {
  mkdirSync(join(folder, "logs"), { recursive: true });
  const conf = join(folder, "nginx.conf");
  writeFileSync(
    conf,
    `${process.getuid?.() === 0 ? "user root;" : ""} daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/logs/error.log;
    events { worker_connections 1024; }
    http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
      server { listen 127.0.0.1:${nginxPort}; root ${root}; } }`,
  );
  const child = Bun.spawn(["nginx", "-p", folder, "-c", conf], { stdout: "ignore", stderr: "ignore" });
  await until("nginx answers", () =>
    fetch(`http://127.0.0.1:${nginxPort}/`).then(
      () => true,
      () => false,
    ),
  );
  return child;
}

async function startBare(file: string) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "bare-file-process.ts"), file], {
    stdout: "pipe",
  });
  const { value } = await child.stdout.getReader().read();
  return { child, url: new TextDecoder().decode(value).trim() };
}

async function wrk(url: string, range: string, seconds: number): Promise<number> {
  const args = ["-t1", "-c16", `-d${seconds}s`, "-H", `Range: ${range}`, url];
  // spawnSync would block this process, but this process has to read the output of the servers during the measurement.
  const text = await new Response(Bun.spawn(["wrk", ...args], { stdout: "pipe" }).stdout).text();
  if (/Non-2xx/.test(text)) throw new Error(text);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
}

if (import.meta.main) {
  const seconds = Number(process.argv[2] ?? 3);
  const folder = mkdtempSync(join(tmpdir(), "rondo-bench-"));
  await using rondo = await startRondo();
  const client = await createRondoClient(rondo.url);
  const piece = await client.start({ prompt: "house", durationSeconds: 90 });
  await client.untilEnded(piece);
  const audio = piece.links.audio;
  const objects = join(rondo.dataDir, "objects");
  mkdirSync(objects, { recursive: true });
  const partOf = () =>
    [...new Bun.Glob(`**/${piece.versionId}/**/*`).scanSync(objects)].find((name) => !name.endsWith(".json"));
  await until("the piece is stored", () => partOf() !== undefined, 20_000);
  const part = partOf() ?? "";
  const nginx = await startNginx(folder, objects);
  const bare = await startBare(join(objects, part));
  try {
    const ours = await fetch(audio, { headers: { range: "bytes=0-" } });
    const theirs = await fetch(`http://127.0.0.1:${nginxPort}/${part}`, { headers: { range: "bytes=0-" } });
    const same = Buffer.from(await ours.arrayBuffer()).equals(Buffer.from(await theirs.arrayBuffer()));
    console.log(`the same bytes: ${same}`);
    for (const [title, range] of ranges) {
      for (let round = 1; round <= 2; round++) {
        const own = await wrk(audio, range, seconds);
        const other = await wrk(`http://127.0.0.1:${nginxPort}/${part}`, range, seconds);
        const least = await wrk(bare.url, range, seconds);
        const against = (own / other).toFixed(2);
        const bareAgainst = (least / other).toFixed(2);
        console.log(
          `${title}, round ${round}: ${own} req/s, nginx ${other} req/s: ${against}; bare Bun.serve ${least}: ${bareAgainst}`,
        );
      }
    }
  } finally {
    nginx.kill();
    bare.child.kill();
    await Promise.all([nginx.exited, bare.child.exited]);
    rmSync(folder, { recursive: true });
  }
}
