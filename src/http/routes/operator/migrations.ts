// Serves /v1/migrations: the schema of each business's database, and a run that migrates these databases.
import { Hono } from "hono";
import { z } from "zod";
import { listSchemas } from "../../../businesses/fleet/list-schemas.ts";
import { migrateFleet, type MigrateFleetDeps } from "../../../businesses/fleet/migrate-fleet.ts";
import { businessEventOf, endEventOf } from "../../../businesses/fleet/migration-events.ts";
import { parseStopRule } from "../../../businesses/fleet/stop-rule.ts";
import { type HttpEnv, readJson, requireOperator } from "../../wire.ts";

export type MigrationRoutesDeps = Omit<MigrateFleetDeps, "onOutcome">;

export const migrationRunBody = z.strictObject({
  canaries: z.array(z.string().max(40)).max(100).default([]),
  parallel: z.int().min(1).max(32).default(4),
  stopAfter: z.string().max(10).default("5%"),
  retries: z.int().min(0).max(20).default(3),
  again: z.boolean().default(false),
});

/**
 * An empty line is sent at this interval, because a load balancer can close a connection on which nothing is sent.
 */
const aliveMs = 15_000;

export const migrationRoutes = (deps: MigrationRoutesDeps) =>
  new Hono<HttpEnv>()
    .get("/", async (c) => {
      requireOperator(c);
      return c.json({ newest: deps.schemas.own.newest, items: await listSchemas(deps) });
    })
    .post("/", async (c) => {
      requireOperator(c);
      const input = await readJson(c, migrationRunBody);
      const lines = await runMigrations(deps, input);
      return c.body(lines, 200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
    });

/**
 * Starts a run and returns its events as lines of JSON, with empty lines between them. Resolves when the first business
 * is done or the run has ended. If the run fails before that, the promise rejects, and the response gets the status of
 * the error. If the run fails later, the status is already sent, so the lines just end without the end event. If the
 * client doesn't read the lines or disconnects, the run continues.
 */
async function runMigrations(
  deps: MigrationRoutesDeps,
  { stopAfter, again, ...input }: z.output<typeof migrationRunBody>,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(
    undefined,
    undefined,
    new CountQueuingStrategy({ highWaterMark: Number.POSITIVE_INFINITY }),
  );
  const writer = writable.getWriter();
  const send = (text: string) => void writer.write(encoder.encode(`${text}\n`)).catch(() => undefined);
  const begun = Promise.withResolvers<void>();
  const run = migrateFleet(
    {
      ...deps,
      onOutcome(business, outcome) {
        send(JSON.stringify(businessEventOf(business, outcome)));
        begun.resolve();
      },
    },
    { ...input, stopAfter: parseStopRule(stopAfter), isAgain: again },
  );
  const alive = setInterval(send, aliveMs, "");
  const ended = run
    .then((report) => send(JSON.stringify(endEventOf(report))))
    .finally(() => {
      clearInterval(alive);
      return writer.close().catch(() => undefined);
    });
  await Promise.race([begun.promise, ended]);
  ended.catch((err: unknown) => deps.log.error({ err }, "a run of migrations has ended early"));
  return readable;
}
