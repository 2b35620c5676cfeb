// Tests that a run of migrations can be started and followed over HTTP.
import { expect, test } from "bun:test";
import { Hono } from "hono";
import { createFleetHouse } from "../../../testing/suites/fleet-house.ts";
import { problemResponse } from "../../answers/problem.ts";
import type { HttpEnv } from "../../wire.ts";
import { migrationRoutes } from "./migrations.ts";

test("a run of migrations reports the outcome for each business", async () => {
  await using house = await createFleetHouse({}, 3);
  const app = new Hono<HttpEnv>()
    .use(async (c, next) => {
      if (c.req.header("authorization") !== undefined) c.set("caller", { kind: "operator" });
      await next();
    })
    .route("/v1/migrations", migrationRoutes(house.deps))
    .onError((err) => problemResponse(err, "test"));
  const post = (body: object, headers: Record<string, string> = { authorization: "Bearer operator" }) =>
    app.request("/v1/migrations", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const linesOf = async (res: Response) =>
    (await res.text())
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect((await post({}, {})).status).toBe(401);
  for (const bad of [{ parallel: 0 }, { stopAfter: "many" }, { canary: ["fleet-0"] }])
    expect((await post(bad)).status).toBe(400);
  expect((await post({ canaries: ["nobody"] })).status).toBe(404);

  const [broken] = house.businesses;
  await house.breakOne(broken!);
  const stopped = await linesOf(await post({ canaries: ["fleet-0"] }));
  expect(stopped).toMatchObject([
    { event: "business", slug: "fleet-0", outcome: "failed" },
    { event: "ended", migrated: 0, left: 2, failed: [{ slug: "fleet-0" }] },
  ]);
  const rest = await linesOf(await post({ canaries: ["fleet-1"], stopAfter: "3", parallel: 1 }));
  expect(rest.map(({ event, slug, outcome }) => [event, slug, outcome])).toEqual([
    ["business", "fleet-1", "migrated"],
    ["business", "fleet-0", "failed"],
    ["business", "fleet-2", "migrated"],
    ["ended", undefined, undefined],
  ]);
  const { items } = (await (
    await app.request("/v1/migrations", { headers: { authorization: "Bearer operator" } })
  ).json()) as { items: readonly { readonly state: string }[] };
  expect(items.map(({ state }) => state)).toEqual(["failed", "current", "current"]);
});
