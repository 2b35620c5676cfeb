import { expect, test } from "bun:test";
import type { TrackSummary, VersionSummary } from "../api/wire.ts";
import { askedFor, latestVersion, lineageOf } from "./versions.ts";

const version = (number: number, parent?: number, state = "complete") =>
  ({
    ...{ id: `v${number}`, number, state, prompt: "slow piano" },
    ...{ parentId: parent ? `v${parent}` : null, instruction: parent ? "faster" : null },
  }) as VersionSummary;
const track = (...versions: VersionSummary[]) => ({ versions }) as TrackSummary;

test("of all versions that didn't fail, the page plays the newest one", () => {
  expect(latestVersion(track(version(1), version(3), version(2)))?.id).toBe("v3");
  expect(latestVersion(track(version(1), version(2, 1, "failed")))?.id).toBe("v1");
  expect(latestVersion(track(version(1, undefined, "failed")))?.id).toBe("v1");
  expect(latestVersion(track())).toBeUndefined();
});

test("a first version shows its prompt, and a later version shows its instruction and its parent", () => {
  const all = track(version(1), version(2, 1));
  expect(all.versions.map(askedFor)).toEqual(["slow piano", "faster"]);
  expect(all.versions.map((one) => lineageOf(one, all))).toEqual([undefined, "from 1"]);
  expect(lineageOf(version(2, 1), track(version(2, 1)))).toBe("from a deleted version");
});
