// Defines the tests of previews (temporary copies of a business's database, for trials) for any engine, over HTTP.
import { expect, test } from "bun:test";
import { createApp } from "../../app.ts";
import { musicApps } from "../../apps/fixtures/music-app.ts";
import { deleteBusiness } from "../../businesses/lifecycle/delete-business.ts";
import { sweepDeletedBusinesses } from "../../businesses/lifecycle/sweep-deleted-businesses.ts";
import { createPreview } from "../../businesses/previews/create-preview.ts";
import { listPreviews, previewsMax } from "../../businesses/previews/preview.ts";
import { endPreview, sweepPreviews } from "../../businesses/previews/sweep-previews.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import type { BusinessCredentials } from "../../ports/business-provisioner/business-provisioner.ts";
import { readUsage } from "../../usage/read-usage.ts";
import { createEndpoint, testEndpoint } from "../../webhooks/endpoints.ts";
import { createStudio, noSignal } from "../studio.ts";
import { silentLog } from "../test-stores.ts";
import { until } from "../until.ts";

export async function createPreviewHouse(environment: Record<string, string>) {
  const studio = await createStudio(environment);
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp(deps);
  const operator = studio.stores.deps.operatorKey.made!;
  const other = (await deps.registry.findById(studio.otherAlice.businessId))!;
  const [key, otherKey] = await Promise.all(
    [studio.business.id, other.id].map(async (id) => (await deps.keys.create(id, "test", "test")).key),
  );
  const ask = async (
    bearer: string,
    method: string,
    path: string,
    body?: object,
    more: Record<string, string> = {},
  ) => {
    const res = await app.request(path, {
      method,
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json", ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await res.text();
    return { status: res.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const { slug } = studio.business;
  return {
    ...{ studio, deps, app, operator, other, slug, ask },
    key: key!,
    otherKey: otherKey!,
    create: async (body: object = {}): Promise<string> => {
      const made = await ask(operator, "POST", `/v1/businesses/${slug}/previews`, body);
      expect(made).toMatchObject({ status: 201, body: { state: "ready" } });
      return made.body.id;
    },
    /**
     * Calls a named query on a preview, in the name of the user alice. By default, `bearer` is the key of the business.
     */
    query: (previewId: string, name: string, body: object = {}, bearer = key!) =>
      ask(bearer, "POST", `/v1/previews/${previewId}/queries/${name}`, body, { "rondo-user": "alice" }),
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

export function previewSuite(open: () => Promise<Awaited<ReturnType<typeof createPreviewHouse>>>): void {
  test("a preview and its business don't see each other's changes after the copy", async () => {
    await using house = await open();
    const { studio, deps } = house;
    const piece = await studio.make({ prompt: "before" });
    const contentBefore = await deps.chunkStore.list({ businessId: studio.business.id });
    const previewId = await house.create();
    const tracks = async () => (await house.query(previewId, "tracks.list")).body.items as { id: string }[];
    expect((await tracks()).map(({ id }) => id)).toEqual([piece.trackId]);

    const renamed = await house.query(previewId, "projects.rename", {
      projectId: piece.projectId,
      name: "trial",
    });
    expect(renamed.status).toBe(200);
    const names = (from: "preview" | "business") =>
      from === "preview"
        ? house.query(previewId, "projects.get", { projectId: piece.projectId })
        : deps.databases.use(studio.business.id, async ({ kysely }) => ({
            body: { item: await kysely.selectFrom("projects").select("name").executeTakeFirstOrThrow() },
          }));
    expect((await names("preview")).body.item.name).toBe("trial");
    expect((await names("business")).body.item.name).not.toBe("trial");

    await studio.make({ prompt: "after" });
    expect(await tracks()).toHaveLength(1);
    const ofPiece = new Set(contentBefore.map(({ path }) => path));
    const contentAfter = await deps.chunkStore.list({ businessId: studio.business.id });
    expect(contentAfter.filter(({ path }) => ofPiece.has(path))).toEqual([...contentBefore]);
    expect(await deps.chunkStore.list({ businessId: previewId })).toEqual([]);
  });

  test("only an unrestricted key of the business can query a preview of the business", async () => {
    await using house = await open();
    const previewId = await house.create();
    const plain = ({ status, body }: { status: number; body: Record<string, unknown> }) => ({
      status,
      body: { ...body, requestId: "" },
    });
    const missing = plain(await house.query(Bun.randomUUIDv7(), "tracks.list", {}, house.otherKey));
    expect(missing).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    expect(plain(await house.query(previewId, "tracks.list", {}, house.otherKey))).toEqual(missing);
    expect((await house.query(previewId, "tracks.list")).status).toBe(200);
    expect((await house.query(previewId, "tracks.list", {}, house.operator)).status).toBe(403);
    const { token } = (
      await house.ask(house.key, "POST", "/v1/tokens", { userId: "alice", expiresInSeconds: 60 })
    ).body;
    expect((await house.query(previewId, "tracks.list", {}, token)).status).toBe(403);
    const narrow = await house.deps.keys.create(house.studio.business.id, "narrow", "test", ["queries"]);
    expect((await house.query(previewId, "tracks.list", {}, narrow.key)).status).toBe(403);
    const theirs = `/v1/businesses/${house.other.slug}/previews/${previewId}`;
    expect((await house.ask(house.operator, "DELETE", theirs)).status).toBe(404);
    expect((await house.query(previewId, "tracks.list")).status).toBe(200);
  });

  test("a preview keeps the business's own tables and queries from the time of the copy", async () => {
    await using house = await open();
    const { studio, operator, slug } = house;
    const at = `/v1/businesses/${slug}/app`;
    expect((await house.ask(operator, "PUT", at, musicApps[0]!)).status).toBe(200);
    await house.deps.databases.use(studio.business.id, (database) =>
      database.run(`insert into "notes" ("id", "userId", "body") values ('n1', 'alice', 'a note')`, []),
    );
    const previewId = await house.create();
    const notes = { status: 200, body: { items: [{ id: "n1", body: "a note" }] } };
    expect(await house.query(previewId, "notes.list")).toEqual(notes);
    expect((await house.ask(operator, "PUT", `${at}?allowLoss=true`, musicApps[4]!)).status).toBe(200);
    expect(await house.query(previewId, "notes.list")).toEqual(notes);
    const { token } = (
      await house.ask(house.key, "POST", "/v1/tokens", { userId: "alice", expiresInSeconds: 60 })
    ).body;
    expect((await house.ask(token, "POST", "/v1/queries/notes.list", {})).status).toBe(404);
    expect((await house.ask(token, "POST", "/v1/queries/listens.list", {})).status).toBe(200);
  });

  test("a preview sends no webhooks, adds no jobs and counts no usage", async () => {
    await using house = await open();
    const { studio, deps } = house;
    const { business } = studio;
    const piece = await studio.make();
    const endpoint = await createEndpoint(deps, business, { url: "https://8.8.8.8/events" });
    await testEndpoint(deps, business.id, endpoint.id);
    const jobsOf = async (businessId: string) => (await deps.jobs.list({ businessId })).map(({ id }) => id);
    await until("the delivery is in the queue", async () =>
      (await jobsOf(business.id)).some((id) => id.startsWith("webhook-")),
    );
    await deps.usage.flush();
    const [jobs, usage] = [await jobsOf(business.id), await readUsage(deps, business.id, {})];
    const previewId = await house.create();
    const copied = await deps.previews.use({ businessId: business.id, previewId }, ({ kysely }) =>
      kysely.selectFrom("webhookDeliveries").select("state").execute(),
    );
    expect(copied).toEqual([{ state: "pending" }]);
    const change = { projectId: piece.projectId, name: "trial" };
    expect((await house.query(previewId, "projects.rename", change)).status).toBe(200);
    expect((await house.query(previewId, "tracks.list")).status).toBe(200);
    await deps.usage.flush();
    expect(await readUsage(deps, business.id, {})).toEqual(usage);
    expect([await jobsOf(business.id), await jobsOf(previewId)]).toEqual([jobs, []]);
    const due = deps.control.kysely.selectFrom("dueWork").select("kind").where("businessId", "=", previewId);
    expect(await due.execute()).toEqual([]);
  });

  test("a query on an ended or expired preview gets 404", async () => {
    await using house = await open();
    const { deps, operator, slug } = house;
    const [ended, expired, kept] = [
      await house.create(),
      await house.create({ hours: 0.5 }),
      await house.create(),
    ];
    for (const id of [ended, expired, kept]) expect((await house.query(id, "tracks.list")).status).toBe(200);
    expect((await house.ask(operator, "DELETE", `/v1/businesses/${slug}/previews/${ended}`)).status).toBe(
      204,
    );
    expect((await house.query(ended, "tracks.list")).status).toBe(404);
    const past = new Date(Date.now() - 1).toISOString();
    await deps.control.kysely
      .updateTable("previews")
      .set({ expiresAt: past })
      .where("id", "=", expired)
      .execute();
    expect((await house.query(expired, "tracks.list")).status).toBe(404);
    expect(await sweepPreviews(deps)).toEqual([expired]);
    const left = await house.ask(operator, "GET", `/v1/businesses/${slug}/previews`);
    expect(left.body.items.map(({ id }: { id: string }) => id)).toEqual([kept]);
    expect((await house.query(kept, "tracks.list")).status).toBe(200);
    await deps.databases.use(house.studio.business.id, async () => undefined);
    await deleteBusiness(deps, "test", { slug, graceDays: 0 });
    await sweepDeletedBusinesses(deps, noSignal, Date.now() + 60_000);
    expect(await deps.control.kysely.selectFrom("previews").selectAll().execute()).toEqual([]);
  });

  test("if a preview is ended during its creation, the copy of the database is removed", async () => {
    await using house = await open();
    const { deps, slug } = house;
    const made: { readonly id: string; readonly credentials: BusinessCredentials }[] = [];
    /** Ends the preview just before its copy is made, and calls `afterwards` as soon as the copy is made. */
    const endedEarly = (afterwards: (credentials: BusinessCredentials) => Promise<BusinessCredentials>) => ({
      ...deps,
      provisioner: {
        ...deps.provisioner,
        async provision(...[id, copied]: Parameters<typeof deps.provisioner.provision>) {
          await endPreview(deps, "test", { slug, previewId: id });
          const credentials = await deps.provisioner.provision(id, copied);
          made.push({ id, credentials });
          return afterwards(credentials);
        },
      },
    });
    const rows = () => deps.control.kysely.selectFrom("previews").select("state").execute();
    const create = createPreview(
      endedEarly(async (credentials) => credentials),
      "test",
      { slug },
    );
    await expect(create).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(made).toHaveLength(1);
    await expect(deps.provisioner.open(made[0]!.credentials)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await rows()).toEqual([]);

    const killed = Promise.withResolvers<BusinessCredentials>().promise;
    void createPreview(
      endedEarly(() => killed),
      "test",
      { slug },
    );
    await until("the second copy is made", async () => made.length === 2);
    expect(await listPreviews(deps.control, slug)).toEqual([]);
    expect(await sweepPreviews(deps)).toEqual([]);
    await expect(deps.provisioner.open(made[1]!.credentials)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await rows()).toEqual([{ state: "ending" }]);
    expect(await sweepPreviews(deps, Date.now() + 3 * 3_600_000)).toEqual([made[1]!.id]);
    expect(await rows()).toEqual([]);
  });

  test("a preview is refused if its business has too many previews, or if its duration is invalid", async () => {
    await using house = await open();
    const { deps, slug, operator } = house;
    const row = { businessId: house.studio.business.id, engine: "sqlite" as const, credentials: null };
    const times = {
      createdAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    };
    for (let at = 0; at < previewsMax; at += 1)
      await deps.control.kysely
        .insertInto("previews")
        .values({ id: `preview-${at}`, state: "making", ...row, ...times })
        .execute();
    await expect(createPreview(deps, "test", { slug })).rejects.toMatchObject({ code: "CONFLICT" });
    for (const hours of [0, -1, 1_000, "1"])
      expect((await house.ask(operator, "POST", `/v1/businesses/${slug}/previews`, { hours })).status).toBe(
        400,
      );
    expect((await house.ask(operator, "POST", "/v1/businesses/no-such/previews", {})).status).toBe(404);
    await deps.control.kysely.deleteFrom("previews").execute();
  });
}
