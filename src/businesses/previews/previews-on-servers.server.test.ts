// Tests previews of businesses on Postgres, and on Neon's stand-in.
import { describe, setDefaultTimeout } from "bun:test";
import { longOnly, runsLongTests } from "../../testing/long-tests.ts";
import { startNeonStandIn } from "../../testing/servers/neon-stand-in.ts";
import { postgresPrograms, startPostgresServer } from "../../testing/servers/postgres-server.ts";
import { createPreviewHouse, previewSuite } from "../../testing/suites/previews.ts";

setDefaultTimeout(180_000);

const programs = postgresPrograms();

const onServer = async <Server extends AsyncDisposable>(
  start: () => Promise<Server>,
  settingsOf: (server: Server) => Record<string, string>,
) => {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await start());
  const house = await createPreviewHouse(settingsOf(server));
  const kept = undo.move();
  return {
    ...house,
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]();
      await kept.disposeAsync();
    },
  };
};

describe.skipIf(programs === undefined)("on Postgres (skipped where no server is installed)", () => {
  previewSuite(() =>
    onServer(
      () => startPostgresServer(programs),
      ({ adminUrl }) => ({ RONDO_BUSINESS_URL: adminUrl }),
    ),
  );
});

describe.skipIf(programs === undefined || !runsLongTests)(`on Neon's stand-in ${longOnly}`, () => {
  previewSuite(() =>
    onServer(startNeonStandIn, ({ projectId, apiKey, apiUrl }) => ({
      RONDO_BUSINESS_URL: `neon:${projectId}`,
      RONDO_NEON_API_KEY: apiKey,
      RONDO_NEON_API_URL: apiUrl,
    })),
  );
});
