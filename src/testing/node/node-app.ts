// Starts the API's app in a process of Node.js, for tests.
import { createInterface } from "node:readline";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { NodeAnswer, NodeRequest } from "./node-app-process.ts";

export interface NodeApp extends AsyncDisposable {
  /** Whether the process has the global `Bun`. */
  readonly hasBun: boolean;
  /** Sends a GET request and returns the response. Await the response before the next call. */
  ask(path: string, headers: NodeRequest["headers"]): Promise<NodeAnswer>;
}

const program = join(import.meta.dirname, "node-app-process.ts");

/** `node`: the path of the Node.js program, as `findNode` returns it. */
export async function startNodeApp(
  node: string,
  environment: Readonly<Record<string, string>>,
): Promise<NodeApp> {
  await using undo = new AsyncDisposableStack();
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(node, [program], { env, stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  undo.defer(async () => {
    child.stdin.end();
    await exited;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <Line>(): Promise<Line> => {
    const { done, value } = await lines.next();
    if (done) throw new Error("The process of Node ended before it answered; its errors are above.");
    return JSON.parse(value) as Line;
  };
  const { hasBun } = await next<{ readonly hasBun: boolean }>();
  const stack = undo.move();
  return {
    hasBun,
    ask(path, headers) {
      child.stdin.write(`${JSON.stringify({ path, headers } satisfies NodeRequest)}\n`);
      return next<NodeAnswer>();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
