import { expect, test } from "bun:test";
import { accountReadme } from "./account-archive-readme.ts";
import type { FileVersion } from "./version-file.ts";

const version = (title: string, state: FileVersion["state"], storage: string): FileVersion => ({
  ...{ id: title, number: 1, prompt: "house", instruction: null, title, projectName: "Music" },
  ...{ createdAt: "2026-11-30T10:00:00.000Z", durationMs: 10_000, madeBy: "builtin", objectBytes: null },
  ...{ state, storage },
});

test("the README says why each missing version has no sound", () => {
  const text = accountReadme({
    business: { name: "Acme", slug: "acme" },
    language: "en",
    at: "2026-11-30",
    missing: [
      version("Running", "running", "chunks"),
      version("Complete", "complete", "damaged"),
      version("Stopped", "cancelled", "damaged"),
      version("Refused", "failed", "chunks"),
    ],
  } as Parameters<typeof accountReadme>[0]);
  const reasonOf = (title: string) =>
    text
      .split("\n")
      .find((line) => line.includes(title))!
      .split(": ")
      .at(-1);
  expect(reasonOf("Running")).toContain("still being made");
  expect(reasonOf("Stopped")).toBe(reasonOf("Complete"));
  expect(reasonOf("Refused")).toContain("before any sound");
});
