import { expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { createTurns } from "./turns.ts";
import { codeOf } from "../testing/studio.ts";

const signal = new AbortController().signal;
const create = () => createTurns({ what: "tests run", runningMax: 2, waitingMax: 3, perCallerMax: 3 });

test("a caller without running work gets its turn before a caller with running work", async () => {
  const turns = create();
  const order: string[] = [];
  const take = async (caller: string) => {
    const end = await turns.take(caller, signal);
    order.push(caller);
    return end;
  };
  const ends = [await take("a"), await take("a")];
  const waiting = [take("a"), take("b")];
  ends[0]!();
  await waiting[1];
  expect(order).toEqual(["a", "a", "b"]);
  ends[1]!();
  await waiting[0];
  expect(order).toEqual(["a", "a", "b", "a"]);
});

test("if a caller has too many tasks, or too many tasks wait, a new task is refused", async () => {
  const turns = create();
  const held = [turns.take("a", signal), turns.take("a", signal), turns.take("a", signal)];
  expect(await codeOf(turns.take("a", signal))).toBe("TOO_MANY_REQUESTS");
  const others = [turns.take("b", signal), turns.take("c", signal)];
  expect(await codeOf(turns.take("d", signal))).toBe("UNAVAILABLE");
  for (const turn of [...held, ...others]) (await turn)();
  (await turns.take("d", signal))();
});

test("an aborted task and a repeated end of a turn never let too many tasks run", async () => {
  const turns = create();
  const [one, other] = [await turns.take("a", signal), await turns.take("b", signal)];
  const left = new AbortController();
  const leaving = turns.take("c", left.signal);
  left.abort(new Error("left"));
  expect(await codeOf(leaving)).toBe("Error: left");
  one();
  one();
  const again = await turns.take("c", signal);
  let hasBegun = false;
  const waiting = turns.take("d", signal).then((end) => {
    hasBegun = true;
    return end;
  });
  await setImmediate();
  expect(hasBegun).toBe(false);
  other();
  (await waiting)();
  again();
});
