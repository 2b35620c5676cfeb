import { expect, test } from "bun:test";
import { createTurns, type TurnTaker } from "./take-turns.ts";

interface Piece extends TurnTaker {
  readonly name: string;
}

const pieceOf = (name: string, businessId: string, owner: string): Piece => ({
  name,
  businessId,
  owner,
  madeMs: 0,
  lastTurn: 0,
});

/**
 * Takes turns that each make one second of music. Returns, for each turn, the name of the piece that got the turn.
 */
function makeSeconds(pieces: readonly Piece[], seconds: number, take = createTurns<Piece>()): string[] {
  return Array.from({ length: seconds }, () => {
    const piece = take(pieces);
    if (piece) piece.madeMs += 1_000;
    return piece?.name ?? "";
  });
}

const crowd = Array.from({ length: 12 }, (_, user) =>
  Array.from({ length: 2 }, (_, piece) => [`u${user}-${piece}`, `u${user}`] as const),
).flat();

test("a new user's piece gets a turn within three turns, however many pieces other users have", () => {
  const take = createTurns<Piece>();
  const pieces = crowd.map(([name, user]) => pieceOf(name, "a", user));
  makeSeconds(pieces, 1_000, take);
  const guest = pieceOf("guest", "a", "guest");
  expect(makeSeconds([...pieces, guest], 3, take)).toContain("guest");
});

test("twenty new pieces each get ten seconds of music within 300 turns, despite an earlier piece", () => {
  const take = createTurns<Piece>();
  const early = pieceOf("early", "a", "u");
  makeSeconds([early], 60, take);
  const later = Array.from({ length: 20 }, (_, index) => pieceOf(`later-${index}`, "a", "u"));
  const order = makeSeconds([early, ...later], 300, take);
  expect(later.every(({ madeMs }) => madeMs >= 10_000)).toBe(true);
  expect(order.slice(0, 100)).toContain("early");
  expect(order.filter((name) => name === "early").length).toBeLessThanOrEqual(75);
});

test("after its first ten seconds, a piece gets a quarter of the turns despite new pieces", () => {
  const take = createTurns<Piece>();
  const begun = pieceOf("begun", "a", "listener");
  makeSeconds([begun], 10, take);
  const fresh = crowd.map(([name, user]) => pieceOf(name, "a", user));
  expect(makeSeconds([begun, ...fresh], 100, take).filter((name) => name === "begun").length).toBe(25);
});

test("the users of a business share its turns almost evenly, however many pieces each user has", () => {
  const take = createTurns<Piece>();
  const many = Array.from({ length: 9 }, (_, index) => pieceOf(`many-${index}`, "a", "many"));
  const one = pieceOf("one", "a", "one");
  makeSeconds([...many, one], 200, take);
  const madeByOne = makeSeconds([...many, one], 100, take).filter((name) => name === "one").length;
  expect(madeByOne).toBeGreaterThanOrEqual(45);
});

test("two businesses share the composer evenly, however many pieces one of them has", () => {
  const take = createTurns<Piece>();
  const pieces = [...crowd.map(([name, user]) => pieceOf(name, "a", user)), pieceOf("other", "b", "u0")];
  expect(makeSeconds(pieces, 100, take).filter((name) => name === "other")).toHaveLength(50);
});
