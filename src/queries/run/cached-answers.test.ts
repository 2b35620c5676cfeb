// Tests that a cached result is used only for the same call, the same specs and an unchanged database, and that the
// size of the cache in bytes is limited.
import { expect, test } from "bun:test";
import { createCachedAnswers, type Question } from "./cached-answers.ts";
import { createQuerySet } from "./query-set.ts";
import type { QueryAnswer } from "./run-query.ts";

const set = createQuerySet([]);
const question = (text: string, mark = 1): Question => ({ text, set, mark });
const answer = (body: string): QueryAnswer => ({ body, etag: '"tag"', rows: 1, lasts: true });

test("a cached result is used only for the same call while the database is unchanged", () => {
  const answers = createCachedAnswers();
  answers.add(question("one"), answer("1"));
  expect(answers.find(question("one"))?.body).toBe("1");
  expect(answers.find(question("two"))).toBeUndefined();
  expect(answers.find(question("one", 2))).toBeUndefined();
  expect(answers.hits).toBe(1);
});

test("a result is no longer found after the specs were reloaded", () => {
  const answers = createCachedAnswers();
  answers.add(question("one"), answer("1"));
  expect(answers.find({ ...question("one"), set: createQuerySet([]) })).toBeUndefined();
});

test("a result is not cached if it depends on the current time or is very long", () => {
  const answers = createCachedAnswers();
  answers.add(question("moment"), { ...answer("1"), lasts: false });
  answers.add(question("long"), answer("x".repeat(100_000)));
  expect(answers.find(question("moment"))).toBeUndefined();
  expect(answers.find(question("long"))).toBeUndefined();
});

test("when the cache is full, the oldest result is evicted", () => {
  const answers = createCachedAnswers(10_000);
  for (let at = 0; at < 10; at += 1) answers.add(question(`q${at}`), answer("x".repeat(1_000)));
  expect(answers.find(question("q0"))).toBeUndefined();
  expect(answers.find(question("q9"))?.body).toHaveLength(1_000);
});
