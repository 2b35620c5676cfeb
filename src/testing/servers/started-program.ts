// Starts a server program for tests, and waits until the program is ready.
import { until } from "../until.ts";

export interface ProgramOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Returns whether the program is ready. It is called every 2 ms. */
  readonly isReady: () => boolean | Promise<boolean>;
  /** The time limit for the start, in milliseconds. Without it, the limit of `until` applies. */
  readonly timeoutMs?: number;
  /** Receives the output of the program, line by line. Without this function, the output is ignored. */
  readonly onLine?: (line: string) => void;
  /** The signal that ends the program. The default is SIGTERM. */
  readonly signal?: NodeJS.Signals;
}

/**
 * Resolves when the program is ready. Disposing the result ends the program. If the program ends before it is ready, or
 * is not ready in time, the program is ended and this function throws an error.
 */
export async function startProgram({
  command,
  environment,
  isReady,
  timeoutMs,
  onLine,
  signal = "SIGTERM",
}: ProgramOptions): Promise<AsyncDisposable> {
  const child = Bun.spawn([...command], {
    ...(environment === undefined ? {} : { env: environment }),
    stdin: "ignore",
    stdout: onLine === undefined ? "ignore" : "pipe",
    stderr: Bun.env.RONDO_TEST_VERBOSE ? "inherit" : "ignore",
  });
  await using started = new AsyncDisposableStack();
  started.defer(async () => {
    child.kill(signal);
    await child.exited;
  });
  if (onLine !== undefined && child.stdout !== undefined) void readLines(child.stdout, onLine);
  const name = command[0];
  const condition = async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${name} ended before it was ready: ${child.signalCode ?? `code ${child.exitCode}`}`);
    return isReady();
  };
  await until(`${name} is ready`, condition, timeoutMs);
  return started.move();
}

async function readLines(output: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of output) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
}

/** Returns a function that tells whether a server answers HTTP requests at this URL, with any status. */
export const answersAt = (url: string) => (): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );
