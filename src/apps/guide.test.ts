// Tests that the JSON examples in docs/guides/your-own-tables.md can be applied as an app, and that
// the queries of this app return what the guide says.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAppHouse } from "./fixtures/app-house.ts";

setDefaultTimeout(60_000);

test("the table and the queries of the guide work as the guide says", async () => {
  const guide = await readFile(join(import.meta.dir, "../../docs/guides/your-own-tables.md"), "utf8");
  const files = [...guide.matchAll(/^```json\n(.*?)^```$/gms)].map(
    ([, text = ""]) => JSON.parse(text) as { name: string },
  );
  const [tables, querySpecs] = [
    files.filter((file) => "owner" in file),
    files.filter((file) => "query" in file),
  ];
  expect([tables.length, querySpecs.length]).toEqual([1, 2]);
  const named = (all: readonly { name: string }[]) => Object.fromEntries(all.map((one) => [one.name, one]));
  await using house = await createAppHouse();
  const acme = await house.createBusiness("acme");
  const applied = await house.put("acme", {
    format: 1,
    tables: named(tables),
    querySpecs: named(querySpecs),
  });
  expect(applied).toMatchObject({ status: 200, body: { version: 1, tables: 1, querySpecs: 2 } });
  const token = await house.tokenOf(acme, "alice");
  const { trackId } = await house.studio.make({}, { kind: "user", businessId: acme.id, userId: "alice" });
  for (const times of [1, 2])
    expect((await house.ask("POST", "/v1/queries/plays.add", token, { trackId })).body.item.times).toBe(
      times,
    );
  expect((await house.ask("GET", "/v1/queries/plays.most", token)).body.items).toMatchObject([
    { trackId, times: 2 },
  ]);
});
