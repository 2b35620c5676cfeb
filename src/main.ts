// Starts the API process, which serves HTTP and runs no jobs.
import http from "node:http";
import { join } from "node:path";
import { announceClose } from "./bun/announce-close.ts";
import { createApp } from "./app.ts";
import { ensureDemo } from "./businesses/lifecycle/demo.ts";
import { type Config, environmentWith, readConfig } from "./config/config.ts";
import { findUnknownVariables } from "./config/unknown-variables.ts";
import { createApiDeps } from "./deps/api-deps.ts";
import { refuseNewerFiles } from "./doctor/refuse-newer-files.ts";
import { AppError } from "./errors.ts";
import { lockFolders } from "./process/folder-lock.ts";
import { createLooks } from "./apps/theme/looks.ts";
import { webRoutes } from "./http/routes/web.ts";
import { createLog } from "./process/log.ts";
import { shutDownOnSignal } from "./process/shutdown.ts";
import { checkFolders, endStart, openStore, warnOfAway } from "./process/start-errors.ts";

/**
 * The maximum size of the request line and the headers together. Bun refuses a larger request without a reason. The app
 * itself refuses a URL of more than 64 KiB with a reason. This maximum is larger, so that most of such requests reach
 * the app.
 */
const headerBytesMax = 256 * 1024;
/** The maximum size of a request's body. No route accepts a larger body, and most routes accept far less. */
const bodyBytesMax = 128 * 1024 * 1024;

/**
 * The first response of each of these routes takes a tenth of a second. Each route is called before the server listens,
 * so that no client has to wait for the first response.
 */
const slowAtFirst = ["/docs", "/metrics"];

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog("api", config.logLevel);
  for (const { variable, hint } of findUnknownVariables(environmentWith({})))
    log.warn({ variable, hint }, "this variable is no setting of Rondo, so it has no effect");
  checkFolders(config);
  const lock = await openStore("RONDO_DATA", { scheme: "file", location: config.dataDir }, () =>
    lockFolders(config, "api"),
  );
  await refuseNewerFiles(config);
  await tryAddress(config);
  const deps = await createApiDeps(config, log);
  if (deps.operatorKey.made) console.log(`Operator key, shown this once: ${deps.operatorKey.made}`);
  if (config.controlUrl.scheme === "sqlite")
    await openStore("RONDO_BUSINESS_URL", config.businessUrl, () => ensureDemo(deps));

  const app = createApp(deps).route(
    "/",
    await webRoutes(join(import.meta.dirname, "../web/dist"), {
      soundOrigin: deps.objectLinks?.origin,
      looks: createLooks(deps),
    }),
  );
  const board = deps.jobBoard && (await import("./http/job-board.ts")).jobBoard(deps.jobBoard, deps);
  for (const path of slowAtFirst) await app.request(path);
  let isEnding = false;
  const server = listen(
    config,
    announceClose(app.fetch, () => isEnding),
    board?.fetch,
  );
  deps.servedBy(server, config.idleSeconds);
  deps.room.keepReserve();
  log.info({ url: String(server.url) }, "serving");
  void warnOfAway(deps.checks, log);
  process.send?.({ ready: true, url: String(server.url) });

  shutDownOnSignal(
    [
      {
        name: "stop listening, let requests finish",
        limitMs: 5_000,
        run: () => {
          isEnding = true;
          // The next process can start although requests of this process are still finishing.
          lock.release();
          return endListening(server, deps);
        },
      },
      { name: "close the stores", limitMs: 5_000, run: () => deps.close() },
    ],
    log,
  );
}

type Serving = { readonly fetch: Answer } & Omit<
  Bun.Serve.HostnamePortServeOptions<undefined>,
  "hostname" | "port" | "reusePort" | "fetch"
>;
type Answer = (req: Request, server: Bun.Server<undefined>) => Response | Promise<Response>;

/**
 * Starts the server. `board` serves the job board on a separate route, so the board doesn't slow
 * down other requests. If the host or the port can't be used, throws CONFIG_INVALID.
 */
function listen(config: Config, fetch: Answer, board: Answer | undefined) {
  // Bun reads this setting of node:http for every server of the process.
  Object.assign(http, { maxHeaderSize: headerBytesMax });
  return serveAt(config, {
    idleTimeout: config.idleSeconds,
    maxRequestBodySize: bodyBytesMax,
    development: false,
    ...(board ? { routes: { "/v1/jobs/board": board, "/v1/jobs/board/*": board } } : {}),
    fetch,
  });
}

/**
 * Throws CONFIG_INVALID if the host or the port can't be used. This is tried before the stores are opened. Otherwise the
 * first start in a folder would create the operator key, show it, and then fail. The next start would not show it again.
 */
async function tryAddress(config: Config): Promise<void> {
  await serveAt(config, { fetch: () => new Response(null, { status: 503 }) }).stop(true);
}

/** If the host or the port can't be used, throws CONFIG_INVALID. */
function serveAt({ host, port }: Config, options: Serving): Bun.Server<undefined> {
  try {
    // A second server on the same port has to fail instead of sharing the port.
    return Bun.serve({ ...options, hostname: host, port, reusePort: false });
  } catch (cause) {
    throw listenError({ host, port }, cause);
  }
}

function listenError({ host, port }: Pick<Config, "host" | "port">, cause: unknown): unknown {
  const { code = "" } = cause as NodeJS.ErrnoException;
  const message = {
    EADDRINUSE: `Another program uses port ${port}.`,
    EACCES: `This user is not allowed to use port ${port}.`,
    EADDRNOTAVAIL: `"${host}" is not an address of this machine.`,
    EINVAL: `"${host}" is not an address of this machine.`,
  }[code];
  if (message === undefined) return cause;
  const isHost = code === "EADDRNOTAVAIL" || code === "EINVAL";
  return new AppError("CONFIG_INVALID", "Rondo can't start with these settings.", {
    faults: [
      isHost
        ? {
            at: "RONDO_HOST",
            message,
            hint: "Set RONDO_HOST=127.0.0.1, another address of this machine, or 0.0.0.0 for all.",
          }
        : { at: "PORT", message, hint: "Stop that program, or choose another port: PORT=3001" },
    ],
    cause,
  });
}

/**
 * Stops the server, and ends the responses to the listeners of streams, because such a response can last as long as the
 * stream grows. The clients reconnect with their offset. Resolves when all other requests have finished, too.
 */
async function endListening(server: Bun.Server<undefined>, deps: { endListeners(): void }): Promise<void> {
  const stopped = server.stop();
  deps.endListeners();
  await stopped;
}

if (import.meta.main) {
  await main().catch(endStart);
}
