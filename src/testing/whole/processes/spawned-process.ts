// Starts a process of Rondo for a test, and records its output. The process has started when its output matches a given
// pattern.
import { join } from "node:path";
import { until } from "../../until.ts";

const root = join(import.meta.dirname, "../../../..");
const startLimitMs = 90_000;

export interface SpawnedProcess {
  readonly pid: number;
  /** The match of the pattern in the output, with its groups. */
  readonly started: RegExpExecArray;
  /** Returns the whole output so far, of stdout and stderr. If the process has crashed, a last line says how. */
  output(): string;
  /** Returns whether the process ended before `end` was called, with any exit code. */
  crashed(): boolean;
  /** Sends the signal and waits for the end of the process. Does nothing if the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface SpawnOptions {
  /** The path of the script, relative to the root of the project. */
  readonly file: string;
  readonly arguments?: readonly string[];
  readonly directory: string;
  /** The environment of the process. The process inherits only PATH from the test. */
  readonly environment: Record<string, string>;
  readonly startedWhen: RegExp;
}

/**
 * Throws an error with the output if the process ends before the pattern matches, or if the pattern has not matched
 * after 90 seconds. In the second case, the process is killed.
 */
export async function spawnProcess(options: SpawnOptions): Promise<SpawnedProcess> {
  const child = Bun.spawn([process.execPath, join(root, options.file), ...(options.arguments ?? [])], {
    cwd: options.directory,
    env: { PATH: Bun.env.PATH, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const keep = async (from: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const part of from) text += decoder.decode(part, { stream: true });
  };
  void keep(child.stdout);
  void keep(child.stderr);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  let isWanted = false;
  const endOf = () =>
    hasEnded() && !isWanted ? `\nended by itself: ${child.signalCode ?? `code ${child.exitCode}`}\n` : "";
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    isWanted ||= !hasEnded();
    child.kill(signal);
    await child.exited;
  };

  let started: RegExpExecArray | null = null;
  try {
    await until(
      `${options.file} has started`,
      () => {
        started = options.startedWhen.exec(text);
        return started !== null || hasEnded();
      },
      startLimitMs,
    );
  } catch (err) {
    await end("SIGKILL");
    throw new Error(`${options.file} did not start:\n${text}`, { cause: err });
  }
  if (started === null) throw new Error(`${options.file} ended at its start:\n${text}`);
  return {
    pid: child.pid,
    started,
    output: () => text + endOf(),
    crashed: () => hasEnded() && !isWanted,
    end,
  };
}
