// Tests the library with the database of a business on Postgres: versions, tiers, the trash and the purge.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../testing/servers/postgres/postgres-server.ts";
import { createScriptedGenerator } from "../testing/sound/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../testing/studio.ts";
import { deleteThing } from "./trash/delete-thing.ts";
import { downloadAudio } from "./tiers/download-audio.ts";
import { finishPurge } from "./trash/finish-purge.ts";
import { purgeExpired } from "./trash/purge-expired.ts";
import { purgeNow } from "./trash/purge-now.ts";
import { readReceipt } from "./trash/receipt.ts";
import { readVersion } from "./versions/read-version.ts";
import { restoreThing } from "./trash/restore-thing.ts";
import { startVersion } from "./versions/start-version.ts";
import { sweepOrphans } from "./tiers/sweep-orphans.ts";
import { sweepTiers } from "./tiers/sweep-tiers.ts";
import { uploadAudio } from "./tiers/upload-audio.ts";

setDefaultTimeout(60_000);

const programs = postgresPrograms();
const dayMs = 86_400_000;

describe.skipIf(programs === undefined)("on Postgres (skipped without a server)", () => {
  let server: PostgresServer;
  let studio: Studio;

  beforeAll(async () => {
    server = await startPostgresServer(programs);
    studio = await createStudio({ RONDO_BUSINESS_URL: server.adminUrl });
  }, 60_000);
  afterAll(async () => {
    await studio[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test("a track can be stored, deleted, restored and purged", async () => {
    const { deps, alice, bob, business } = studio;
    const piece = await studio.make();
    const audio = { businessId: business.id, versionId: piece.versionId };
    await uploadAudio(deps, audio, noSignal);
    expect(await sweepTiers(deps, noSignal, Date.now() + 8 * dayMs)).toMatchObject({ expired: 1 });
    await downloadAudio(deps, { ...audio, lastAttempt: false }, noSignal);
    expect(await sweepTiers(deps, noSignal, Date.now() + 8 * dayMs)).toMatchObject({
      expired: 1,
      reuploaded: 0,
    });

    const generator = createScriptedGenerator();
    const ask = (idempotencyKey: string) =>
      startVersion({ ...deps, generator }, alice, {
        parentId: piece.versionId,
        instruction: "faster",
        idempotencyKey,
      });
    const asked = await Promise.all(["a", "a", "b", "c", "d"].map(ask));
    expect(new Set(asked.map(({ versionId }) => versionId)).size).toBe(4);
    const numbers = await Promise.all(
      asked.map(async ({ versionId }) => (await readVersion(deps, alice, versionId)).number),
    );
    // Both requests with the key "a" give the same version, so there are four versions beside the parent.
    expect([...new Set(numbers)].toSorted()).toEqual([2, 3, 4, 5]);

    const track = { kind: "track", id: piece.trackId } as const;
    expect(await deleteThing(deps, alice, track)).toMatchObject({ trackCount: 1, versionCount: 5 });
    expect(await codeOf(deleteThing(deps, bob, track))).toBe("NOT_FOUND");
    expect(await codeOf(readVersion(deps, alice, piece.versionId))).toBe("NOT_FOUND");
    expect(await restoreThing(deps, alice, track)).toMatchObject({ trackCount: 1, versionCount: 5 });
    expect(await purgeExpired(deps, noSignal)).toBe(0);
    await deleteThing(deps, alice, track);
    const { id } = await purgeNow(deps, alice, track);
    await finishPurge(deps, { businessId: business.id, receiptId: id }, noSignal);
    expect(await readReceipt(deps, alice, id)).toMatchObject({
      state: "complete",
      versionCount: 5,
      objectCount: 1,
      objectBytes: 5000,
    });
    await deps.due.mark(business.id, ["orphans"]);
    expect(await sweepOrphans(deps, noSignal, -1)).toEqual({ streams: 0, objects: 0, leftovers: 0 });
  });

  test("a project that has been in the trash for 31 days is purged", async () => {
    const { deps, alice } = studio;
    const piece = await studio.make();
    await deleteThing(deps, alice, { kind: "project", id: piece.projectId });
    expect(await purgeExpired(deps, noSignal, Date.now() + 31 * dayMs)).toBe(1);
    expect(await codeOf(restoreThing(deps, alice, { kind: "project", id: piece.projectId }))).toBe(
      "NOT_FOUND",
    );
  });
});
