// Tests the two reports of `rondo generator check`: lines for people, and JUnit XML for CI systems. Also tests the
// cases themselves, the documentation page that lists them, and the measurements of sound.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allCases } from "./cases/all-cases.ts";
import { casesOf } from "./check-generator.ts";
import { junitOf } from "./junit.ts";
import type { Outcome } from "./outcome.ts";
import { linesOf, summaryOf } from "./report.ts";
import { measure } from "./sound/measure.ts";

const [check = allCases[0]!] = casesOf(["stream.retry-500"]);
const failed: Outcome = {
  check,
  state: "failed",
  seconds: 2,
  expected: 'a "whole" piece',
  observed: "<half>\u0001",
};
const skipped: Outcome = { check, state: "skipped", seconds: 0, reason: "No --mongodb URL was given." };
const passed: Outcome = { check, state: "passed", seconds: 0.25 };

test("the report of a failed case contains the expected result, the observed result and the remedy", () => {
  expect(linesOf(failed).map((line) => line.trim())).toEqual([
    "FAILED   stream.retry-500           an append that got 500 is sent again, and the piece is complete",
    'expected: a "whole" piece',
    "observed: <half>\u0001",
    `to do:    ${check.hint}`,
  ]);
  expect(summaryOf([failed, skipped, passed, passed])).toBe("2 passed, 1 failed, 1 skipped.");
});

test("the JUnit report contains every case once, in valid XML", () => {
  const xml = junitOf([failed, skipped, passed], "http://127.0.0.1:8008");
  expect(xml).toContain('tests="3" failures="1" skipped="1" time="2.250"');
  expect(xml).toContain("expected a &quot;whole&quot; piece, observed &lt;half&gt;\ufffd");
  expect(xml.match(/<testcase /g)).toHaveLength(3);
});

test("each case has a unique id and a hint that is a sentence", () => {
  expect(allCases.length).toBeGreaterThanOrEqual(40);
  expect(new Set(allCases.map(({ id }) => id)).size).toBe(allCases.length);
  for (const { hint } of allCases) expect(hint).toEndWith(".");
});

test("the documentation page lists every case of the check", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/generator-check.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(.*)$/gm)].map(([row]) => row.split("|").map((cell) => cell.trim()));
  expect(rows.map(([, id, title]) => [id, title])).toEqual(
    allCases.map(({ id, title }) => [`\`${id}\``, title]),
  );
  for (const [, , , builtin, python, bad] of rows) {
    expect(["passed", "not offered"]).toContain(builtin!);
    expect(["passed", "not offered"]).toContain(python!);
    expect(bad).toStartWith("caught");
  }
});

const soundOf = (valueAt: (at: number) => number) => ({
  sampleRate: 44_100,
  channels: [Float32Array.from({ length: 44_100 }, (_, at) => valueAt(at))],
});

test("the measurements distinguish silence, a constant value, noise and a tone", () => {
  expect(measure(soundOf(() => 0)).levelDb).toBe(Number.NEGATIVE_INFINITY);
  expect(measure(soundOf(() => 0.5)).levelDb).toBeLessThan(-100);
  const noise = measure(soundOf(() => Math.random() - 0.5));
  expect(noise.flatness).toBeGreaterThan(0.9);
  expect(noise.roughness).toBeGreaterThan(1.8);
  const tone = measure(soundOf((at) => 0.5 * Math.sin(at / 16)));
  expect(tone.flatness).toBeLessThan(0.1);
  expect(tone.roughness).toBeLessThan(0.1);
  expect(tone.levelDb).toBeCloseTo(-9, 0);
});

test("a sample beyond 1.5 times full scale counts as broken, whichever channel has it", () => {
  const quiet = new Float32Array(4);
  const brokenOf = (samples: readonly number[]) =>
    [
      [Float32Array.from(samples), quiet],
      [quiet, Float32Array.from(samples)],
    ].map((channels) => measure({ sampleRate: 44_100, channels }).broken);
  expect(brokenOf([1.5, -1.5, 1, 0])).toEqual([0, 0]);
  expect(brokenOf([1.6, -1.6, 0, 0])).toEqual([0.25, 0.25]);
  expect(brokenOf([Number.NaN, Number.POSITIVE_INFINITY, 0, 0])).toEqual([0.25, 0.25]);
});
