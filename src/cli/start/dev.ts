// Defines `bun dev`, which runs the API and the worker, and restarts them when their code changes.
// Vite's development server serves the page with hot reload, and forwards the requests for the API.
// `bun dev` is not a command of `rondo`, because the container image of Rondo does not contain Vite.
import { parseArgs } from "node:util";
import { createServer, type ViteDevServer } from "vite";
import { config as page } from "../../../web/vite.config.ts";
import { endStart } from "../../process/start-errors.ts";
import { apiPaths } from "./api-paths.ts";
import { runProcesses } from "./run-processes.ts";

const pagePort = 5173;

async function develop(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string", default: String(pagePort) } } });
  /**
   * The address to which the page's requests are forwarded. After a restart of the API, the port can
   * be another one, because the system can choose it.
   */
  let api: URL | undefined;
  let vite: Promise<ViteDevServer> | undefined;
  await runProcesses({
    bunOptions: ["--watch", "--no-clear-screen"],
    onServing(url) {
      if (api !== undefined) {
        api.port = new URL(url).port;
        return;
      }
      api = new URL(url);
      vite = servePage(api, Number(values.port));
      vite.then((server) => printAddresses(server, url)).catch(endStart);
    },
    onStop: () => void vite?.then((server) => server.close()),
  });
}

/**
 * Serves the page on `port`, or on the next free port if another program uses `port`. The URL `api` is read again for
 * each request.
 */
async function servePage(api: URL, port: number): Promise<ViteDevServer> {
  const server = await createServer({
    ...page,
    clearScreen: false,
    server: {
      host: api.hostname,
      port,
      proxy: Object.fromEntries(apiPaths.map((path) => [path, { target: api }])),
    },
  });
  return server.listen();
}

function printAddresses(server: ViteDevServer, apiUrl: string): void {
  const url = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0] ?? "";
  console.log(`
Open ${url}
  A change in web/ is shown at once. A change in src/ or jobs/ restarts the API and the worker.
  The documentation of the API is at ${url}docs, and the API itself at ${apiUrl}
  Ctrl-C ends everything.
`);
}

await develop().catch(endStart);
