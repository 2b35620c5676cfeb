// Tests usage and quotas on SQLite, and the checks of the parameters `from` and `to` of a request for usage.
import { expect, test } from "bun:test";
import { sql } from "kysely";
import { codeOf, createStudio } from "../testing/studio.ts";
import { defineUsageTests } from "../testing/suites/usage-and-quotas.ts";
import { spanOf } from "./periods.ts";
import { readUsage } from "./read-usage.ts";

defineUsageTests(() => ({}));

test("the usage period of a day or a month ends at midnight UTC", () => {
  const at = (instant: string) => Date.parse(instant);
  expect(spanOf("day", at("2028-02-29T23:59:59.999Z"))).toEqual({
    ...{ from: "2028-02-29", to: "2028-02-29", resetsAt: "2028-03-01T00:00:00.000Z" },
  });
  expect(spanOf("month", at("2028-02-01T00:00:00.000Z"))).toEqual({
    ...{ from: "2028-02-01", to: "2028-02-29", resetsAt: "2028-03-01T00:00:00.000Z" },
  });
  expect(spanOf("month", at("2026-12-31T12:00:00.000Z")).resetsAt).toBe("2027-01-01T00:00:00.000Z");
});

test("a request for usage is refused if its days are invalid, in the wrong order or too many", async () => {
  await using studio = await createStudio();
  const ask = (search: object) => codeOf(readUsage(studio.deps, studio.business.id, search));
  for (const search of [
    { from: "yesterday" },
    { to: "2026-02-30" },
    { from: "2026-03-02", to: "2026-03-01" },
    { from: "2020-01-01", to: "2026-01-01" },
    { from: "2028-01-01", to: "2029-01-01" },
  ])
    expect(await ask(search)).toBe("INVALID_PARAMETER");
  expect(await ask({ from: "2026-01-01", to: "2026-12-31" })).toBe("no error");
  expect(await ask({ from: "2028-01-01", to: "2028-12-31" })).toBe("no error");
});

test("a request for more than 100,000 rows of usage is refused", async () => {
  await using studio = await createStudio();
  const { deps, business } = studio;
  await deps.databases.use(business.id, ({ kysely }) =>
    sql`insert into ${sql.table("usageCounts")} with recursive n(i) as (select 1 union all select i + 1 from n where i < 100001)
      select case i when 1 then '2026-01-02' else '2026-01-01' end, 'u' || i, 1, 0, 0, 0, 0 from n`.execute(
      kysely,
    ),
  );
  const search = { from: "2026-01-01", to: "2026-01-02", byUser: true };
  expect(await codeOf(readUsage(deps, business.id, search))).toBe("INVALID_PARAMETER");
  const { items } = await readUsage(deps, business.id, { ...search, to: "2026-01-01" });
  expect(items.length).toBe(100_000);
});
