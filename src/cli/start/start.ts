// Defines the command rondo start, which runs the API and the worker under one supervisor. After a single Ctrl-C, both
// processes finish their current work and end.
import { Command } from "commander";
import { runProcesses } from "./run-processes.ts";

export const startCommand = (): Command =>
  new Command("start")
    .description("run Rondo: the API and the worker")
    .action(() => runProcesses({ onServing: (url) => console.log(`Rondo is at ${url}`) }));
