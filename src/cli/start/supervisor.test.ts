import { expect, setDefaultTimeout, test } from "bun:test";
import { exitBadSettings } from "../../config/config.ts";
import { until } from "../../testing/until.ts";
import { createSupervisor, type SupervisorOptions } from "./supervisor.ts";

setDefaultTimeout(60_000);

const bun = process.execPath;
const script = (code: string) => [bun, "-e", code];
/** The command of a process that sends its pid to the supervisor and runs until it gets SIGTERM. */
const livesOn = script(
  "process.on('SIGTERM', () => process.exit(0)); process.send({ pid: process.pid }); setInterval(() => {}, 1e3);",
);

function supervise(options: Partial<SupervisorOptions>) {
  const pids: number[] = [];
  const said: string[] = [];
  const supervisor = createSupervisor({
    processes: [{ name: "one", command: livesOn }],
    say: (line) => said.push(line),
    onReady: (_name, message) => pids.push((message as { pid: number }).pid),
    backoffMs: { first: 5, most: 20 },
    ...options,
  });
  return { supervisor, pids, said };
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("a killed process is started again", async () => {
  const { supervisor, pids, said } = supervise({});
  await until("the process runs", () => pids.length === 1);
  process.kill(pids[0] ?? 0, "SIGKILL");
  await until("the process runs again", () => pids.length === 2);
  await supervisor.stop();
  expect(said[0]).toContain("one ended (SIGKILL); it is started again");
  expect(await supervisor.ended).toBe(0);
});

test("stopping the supervisor ends all its processes", async () => {
  const { supervisor, pids } = supervise({
    processes: ["one", "two"].map((name) => ({ name, command: livesOn })),
  });
  await until("both processes run", () => pids.length === 2);
  await supervisor.stop();
  expect(pids.map(isAlive)).toEqual([false, false]);
});

test("a process that does not end in time is killed", async () => {
  const deaf = script(
    "process.on('SIGTERM', () => {}); process.send({ pid: process.pid }); setInterval(() => {}, 1e3);",
  );
  const { supervisor, pids, said } = supervise({ processes: [{ name: "deaf", command: deaf }], drainMs: 50 });
  await until("the process runs", () => pids.length === 1);
  await supervisor.stop();
  expect(isAlive(pids[0] ?? 0)).toBe(false);
  expect(said).toEqual(["deaf did not end within 50 ms and was killed"]);
});

test("if a process exits because of invalid settings, the supervisor ends with the same exit code", async () => {
  const { supervisor, said } = supervise({
    processes: [
      { name: "bad", command: script(`process.exit(${exitBadSettings})`) },
      { name: "good", command: livesOn },
    ],
  });
  expect(await supervisor.ended).toBe(exitBadSettings);
  expect(said).toEqual([]);
});

test("a process that dies repeatedly is restarted after longer and longer waits, up to a maximum", async () => {
  const { supervisor, said } = supervise({
    processes: [{ name: "frail", command: script("process.exit(3)") }],
  });
  await until("the process died four times", () => said.length >= 4);
  await supervisor.stop();
  const waits = said.slice(0, 4).map((line) => Number(/in (\d+) ms/.exec(line)?.[1]));
  expect(waits).toEqual([5, 10, 20, 20]);
});

test("if the supervisor is killed, its processes get the event “disconnect”", async () => {
  const outer = Bun.spawn(
    script(`
      const { createSupervisor } = await import(${JSON.stringify(`${import.meta.dirname}/supervisor.ts`)});
      const orphan = "process.on('disconnect', () => process.exit(0)); process.send({ pid: process.pid }); setInterval(() => {}, 1e3);";
      createSupervisor({
        processes: [{ name: "one", command: [process.execPath, "-e", orphan] }],
        say() {},
        onReady: (_name, message) => console.log(message.pid),
      });`),
    { stdout: "pipe", stderr: "inherit" },
  );
  const reader = outer.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  expect(isAlive(pid)).toBe(true);
  outer.kill("SIGKILL");
  await outer.exited;
  await until("the process has ended", () => !isAlive(pid));
});
