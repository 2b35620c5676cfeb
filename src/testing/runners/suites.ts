// Lists the suites of `bun run test`, with the programs that each one needs.
import { join } from "node:path";
import { hasMongo } from "../servers/mongodb-server.ts";
import { missingForPython } from "./python-generator.ts";

export interface Suite {
  readonly name: string;
  /** Returns the missing tools of a suite. If there are any, the suite is skipped, or fails on CI. */
  readonly missing?: () => readonly string[] | Promise<readonly string[]>;
  readonly command: readonly string[];
  readonly directory: string;
}

const missingPrograms = (...programs: readonly string[]) =>
  programs.filter((program) => Bun.which(program) === null);

const root = join(import.meta.dirname, "../../..");
const bun = process.execPath;

export const serverSuite: Suite = {
  name: "server",
  command: [
    // Many tests wait for a time or for another process, so three run on two cores. Tests that measure times have a second attempt.
    ...[bun, "test", "--parallel=3", "--timeout=60000", "--retry=1"],
    // The suite of unreachable stores has its own turn, because its load would disturb these measurements.
    "--path-ignore-patterns=**/store-faults.server.test.ts",
    ...["./src", "./jobs"],
  ],
  directory: root,
};

const conformance = (name: string, options: readonly string[], missing: Suite["missing"]): Suite => ({
  name: `Durable Streams conformance${name}`,
  ...(missing && { missing }),
  command: [bun, "run", "test:conformance", ...options],
  directory: root,
});

/** The lanes run beside each other after the suite of the server. The suites of a lane run one after the other. The first lane needs the processors, and the second one mostly waits. */
export const lanes: readonly (readonly Suite[])[] = [
  [
    {
      name: "page, in Chromium",
      missing: () => missingPrograms("chromium", "ffmpeg"),
      // Two browsers on two cores are sometimes too slow, so a test has a second attempt.
      command: [bun, "test", "--parallel=2", "--timeout=60000", "--retry=1", "./web/test/browser"],
      directory: root,
    },
  ],
  [
    conformance("", [], undefined),
    conformance(", through nginx", ["--through", "nginx"], () => missingPrograms("nginx")),
    conformance(", through node-agent", ["--through", "node-agent"], () => missingPrograms("node")),
    conformance(", on MongoDB and Redis", ["--full"], () => [
      ...missingPrograms("redis-server"),
      ...(hasMongo ? [] : ["MongoDB or its stand-in"]),
    ]),
    {
      name: "page, in parts",
      command: [bun, "test", "--timeout=20000", "./src"],
      directory: join(root, "web"),
    },
    {
      name: "Python generator",
      missing: missingForPython,
      command: [bun, "run", "test:python"],
      directory: root,
    },
    {
      name: "unreachable stores",
      // Imported after the installation of the programs: on CI it throws if one is missing.
      missing: async () => (await import("../whole/processes/fleet-stores.ts")).missingForFleet(),
      command: [bun, "run", "test:faults"],
      directory: root,
    },
  ],
];
