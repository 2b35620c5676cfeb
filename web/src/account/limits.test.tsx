import { afterEach, expect, test } from "bun:test";
import { cleanup, render, screen } from "@solidjs/testing-library";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { forgetSession } from "../api/session.ts";
import { Limits } from "./limits.tsx";

afterEach(cleanup);
afterEach(forgetSession);

test("the page describes a quota of stored bytes as an amount of new music", async () => {
  const quota = { metric: "storedBytes", used: 5_000_000, resetsAt: "2026-12-01T00:00:00.000Z" };
  installFakeFetch({
    "GET /v1/accounts/session": () => json({ account: { business: "demo", email: null } }),
    "GET /v1/limits": () =>
      json({
        quotas: [
          { ...quota, per: "day", limit: 10_000_000 },
          { ...quota, per: "month", limit: 90_000_000 },
        ],
      }),
  });
  render(() => <Limits />);
  expect(await screen.findByText("5 of 10 MB of new music today")).toBeTruthy();
  expect(screen.getByText("5 of 90 MB of new music this month")).toBeTruthy();
});
