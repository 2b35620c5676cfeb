import { afterEach, expect, test } from "bun:test";
import { cleanup, fireEvent, render, screen } from "@solidjs/testing-library";
import { installFakeFetch } from "../../../test/fake-fetch.ts";
import { RunMigrations } from "./run-migrations.tsx";

afterEach(cleanup);

async function runWith(lines: readonly object[]) {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  installFakeFetch({ "POST /v1/migrations": () => new Response(text) });
  let ends = 0;
  render(() => <RunMigrations onEnd={() => (ends += 1)} />);
  fireEvent.click(screen.getByText("Migrate"));
  await screen.findByText(/databases? (is|are) done/);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return ends;
}
const outcome = (slug: string, kind: string) => ({ event: "business", slug, outcome: kind });

test("if the response ends without the event “ended”, the console shows an error", async () => {
  expect(await runWith([outcome("acme", "migrated")])).toBe(1);
  expect(screen.getByRole("alert").textContent).toContain("The run ended early.");
});

test("the result of a migration run counts the databases that are being moved", async () => {
  const end = { event: "ended", migrated: 1, current: 0, left: 2, stopped: null };
  expect(await runWith([outcome("acme", "migrated"), outcome("globex", "moving"), end])).toBe(1);
  expect(screen.queryByRole("alert")).toBeNull();
  expect(screen.getByText(/The run has ended/).textContent).toContain(
    "1 migrated, 0 up to date already, 1 being moved, 0 failed, 2 not tried.",
  );
});
