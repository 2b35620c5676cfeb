// rondo start: the API and the worker under one supervisor. One Ctrl-C drains both.
import { join } from "node:path";
import { Command } from "commander";
import { readConfig } from "../config/config.ts";
import { lockFolders } from "../process/folder-lock.ts";
import { checkFolders, openStore } from "../process/start-errors.ts";
import { createSupervisor } from "./supervisor.ts";

const root = join(import.meta.dirname, "../..");

export const startCommand = (): Command =>
  new Command("start").description("run Rondo: the API and the worker").action(start);

async function start(): Promise<void> {
  // Bad settings are reported once, here, and not by each process.
  const config = readConfig();
  checkFolders(config);
  const lock = await openStore("RONDO_DATA", { scheme: "file", location: config.dataDir }, () =>
    lockFolders(config, "start"),
  );
  const bun = (file: string) => [process.execPath, join(root, file)];
  const supervisor = createSupervisor({
    processes: [
      { name: "api", command: bun("src/main.ts") },
      { name: "jobs", command: bun("jobs/main.ts") },
    ],
    say: (line) => console.error(line),
    onReady: (_name, message) => {
      const url = (message as { url?: string }).url;
      if (url) console.log(`Rondo is at ${url}`);
    },
  });
  const stop = () => {
    lock.release();
    void supervisor.stop();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.exit(await supervisor.ended);
}
