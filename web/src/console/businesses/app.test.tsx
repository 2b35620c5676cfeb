import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library";
import { installFakeFetch, json } from "../../../test/fake-fetch.ts";
import AppView from "./app.tsx";
import type { Business } from "./business.ts";

afterEach(cleanup);

test("if the report of an earlier dry run arrives last, the page shows the later report", async () => {
  const first = Promise.withResolvers<void>();
  const path = "/v1/businesses/acme/app";
  const versions = [3, 2, 1].map((number) => ({ number, appliedAt: "2026-11-30T08:00:00Z", appliedBy: "x" }));
  const asked = installFakeFetch({
    [`GET ${path}`]: () => json({ version: 3, app: null, versions }),
    [`POST ${path}/rollback`]: async ({ body }) => {
      const { to } = body as { to: number };
      if (to === 2) await first.promise;
      const nothing = { tables: 0, querySpecs: 0, losses: [], sql: { sqlite: [], postgres: [] } };
      return json({ version: 4, isNew: true, changes: [`as in version ${to}`], ...nothing });
    },
  });
  render(() => <AppView of="acme" business={{} as Business} onChange={async () => {}} />);
  const [two, one] = await screen.findAllByText("Return to this version");
  fireEvent.click(two!);
  fireEvent.click(one!);
  await screen.findByText("as in version 1");
  first.resolve();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(screen.queryByText("as in version 2")).toBeNull();
  fireEvent.click(screen.getByText("Apply"));
  expect(asked.at(-1)?.body).toEqual({ to: 1, dryRun: false, allowLoss: false });
});
