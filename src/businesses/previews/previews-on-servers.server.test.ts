// Tests previews of businesses on Postgres and on a stand-in for Neon.
import { afterAll, beforeAll, describe, setDefaultTimeout } from "bun:test";
import { longOnly, runsLongTests } from "../../testing/long-tests.ts";
import { startNeonStandIn } from "../../testing/servers/neon/neon-stand-in.ts";
import { postgresPrograms, startPostgresServer } from "../../testing/servers/postgres/postgres-server.ts";
import { createPreviewHouse, previewSuite } from "../../testing/suites/previews.ts";

setDefaultTimeout(180_000);

const programs = postgresPrograms();

/** All tests of one engine share one server. */
const onServer = <Server extends AsyncDisposable>(
  start: () => Promise<Server>,
  settingsOf: (server: Server) => Record<string, string>,
): void => {
  let server: Server;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  previewSuite(() => createPreviewHouse(settingsOf(server)));
};

describe.skipIf(programs === undefined)("on Postgres (skipped where no server is installed)", () => {
  onServer(
    () => startPostgresServer(programs),
    ({ adminUrl }) => ({ RONDO_BUSINESS_URL: adminUrl }),
  );
});

describe.skipIf(programs === undefined || !runsLongTests)(`on a stand-in for Neon ${longOnly}`, () => {
  onServer(startNeonStandIn, ({ projectId, apiKey, apiUrl }) => ({
    RONDO_BUSINESS_URL: `neon:${projectId}`,
    RONDO_NEON_API_KEY: apiKey,
    RONDO_NEON_API_URL: apiUrl,
  }));
});
