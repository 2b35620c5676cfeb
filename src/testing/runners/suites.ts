// Lists the suites of `bun run test`, with the programs that each suite needs.
import { join } from "node:path";
import { runsLongTests } from "../long-tests.ts";
import { hasMongo } from "../servers/mongodb-server.ts";
import { missingForPython } from "./python-generator.ts";

export interface Suite {
  readonly name: string;
  /**
   * Returns the missing tools of the suite. If a tool is missing, the suite is skipped. On CI, the
   * suite fails instead.
   */
  readonly missing?: () => readonly string[] | Promise<readonly string[]>;
  readonly command: readonly string[];
  readonly directory: string;
}

const missingPrograms = (...programs: readonly string[]) =>
  programs.filter((program) => Bun.which(program) === null);

const root = join(import.meta.dirname, "../../..");
const bun = process.execPath;

// Many tests wait for a fixed time or for another process, so three processes run on two cores. A failed test is
// tried a second time, because some tests measure times.
const serverTests = [bun, "test", "--parallel=3", "--timeout=60000", "--retry=1"];

export const serverSuites: readonly Suite[] = [
  {
    name: "server, in parts",
    // Each process loads the modules once for all its files, which saves a third of the processor time.
    command: [
      ...serverTests,
      "--no-isolate",
      "--path-ignore-patterns=**/*.server.test.ts",
      "./src",
      "./jobs",
    ],
    directory: root,
  },
  {
    name: "server, with other programs",
    // The suite of unreachable stores runs later, because its load would disturb the measurements of other tests.
    command: [...serverTests, "--path-ignore-patterns=**/store-faults.server.test.ts", ".server.test.ts"],
    directory: root,
  },
];

const conformance = (name: string, options: readonly string[], missing: Suite["missing"]): Suite => ({
  name: `Durable Streams conformance${name}`,
  ...(missing && { missing }),
  command: [bun, "run", "test:conformance", ...options],
  directory: root,
});

/** This suite takes two to seven minutes, so it runs only in the long form of the tests. */
const otherBrowsers: Suite = {
  name: "page, in Firefox and WebKitGTK",
  missing: () => missingPrograms("firefox-esr", "WebKitWebDriver", "Xvfb"),
  command: [bun, "test", "--timeout=60000", "--retry=1", "./web/test/other-browsers"],
  directory: root,
};

/**
 * The lanes run in parallel after the suites of the server. The suites within a lane run one after
 * another. The first lane keeps the processors busy, and the second lane mostly waits.
 */
export const lanes: readonly (readonly Suite[])[] = [
  [
    {
      name: "page, in Chromium",
      missing: () => missingPrograms("chromium", "ffmpeg"),
      // Two browsers on two cores are sometimes too slow, so a failed test is tried a second time.
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
    ...(runsLongTests ? [otherBrowsers] : []),
    {
      name: "Python generator",
      missing: missingForPython,
      command: [bun, "run", "test:python"],
      directory: root,
    },
    {
      name: "unreachable stores",
      // On CI, the import of `fleet-stores.ts` throws if a program is missing. So the module is imported only in this
      // function, which is called after missing programs were installed.
      missing: async () => (await import("../whole/processes/fleet-stores.ts")).missingForFleet(),
      command: [bun, "run", "test:faults"],
      directory: root,
    },
  ],
];
