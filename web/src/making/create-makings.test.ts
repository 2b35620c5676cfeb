import { beforeEach, expect, test } from "bun:test";
import { createRoot } from "solid-js";
import { FakeEventSource, installFakeEventSource } from "../../test/fake-event-source.ts";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { createMakings } from "./create-makings.ts";
import { isOpenEnded, lengthSeconds, progressWords, sectionAt, shortWords } from "./making.ts";

beforeEach(installFakeEventSource);

function setUp() {
  const told: string[] = [];
  return createRoot((dispose) => {
    const makings = createMakings();
    makings.started.on((making) => told.push(`started ${making.title}`));
    makings.finished.on((making) => told.push(`finished ${making.state}`));
    return { told, dispose, makings };
  });
}

let offset = 0;
const say = (source: FakeEventSource, ...events: object[]) => {
  source.say("data", events);
  source.say("control", { streamNextOffset: String(++offset) });
};
const known = { title: "rain", plannedMs: 60_000, state: "queued" as const };
const progress = (second: number, section: string, bar: number) => ({
  ...{ type: "progress", at: "", section, bar },
  startMs: (second - 1) * 1000,
  generatedMs: second * 1000,
  peaks: Buffer.from(new Int8Array(100).fill(50)).toString("base64"),
});

test("during a generation, the page shows the state of the generation as a text", () => {
  const { makings, told, dispose } = setUp();
  makings.follow("r", known);
  const words = () => progressWords(makings.get("r")!);
  expect(words()).toBe("Finding the first notes…");
  say(FakeEventSource.last, {
    type: "started",
    at: "",
    title: "Rain in C",
    plannedMs: 40_000,
    plannedBytes: 640_000,
  });
  say(FakeEventSource.last, progress(1, "intro", 1), progress(2, "intro", 2), progress(10, "verse", 5));
  expect(words()).toBe("Composing\u00a0the\u00a0verse… bar\u00a05,\u00a025\u00a0%");
  expect(makings.get("r")?.sections.map(({ name, fromMs }) => [name, fromMs])).toEqual([
    ["intro", 0],
    ["verse", 9000],
  ]);
  expect([0, 8.9, 9, 40].map((seconds) => sectionAt(makings.get("r")!, seconds))).toEqual([
    ...["intro", "intro", "verse", "verse"],
  ]);
  expect(makings.peaks("r")?.seconds()).toBe(3);
  say(FakeEventSource.last, { type: "complete", at: "" });
  expect(words()).toBe("Finished");
  expect(told).toEqual(["started Rain in C", "finished complete"]);
  dispose();
});

test("if a generation fails, the page shows the reason", () => {
  const { makings, told, dispose } = setUp();
  makings.follow("r", known);
  say(FakeEventSource.last, progress(7, "intro", 2));
  say(FakeEventSource.last, {
    type: "failed",
    at: "",
    code: "GENERATION_FAILED",
    reason: "It ran out of ideas.",
  });
  expect(progressWords(makings.get("r")!)).toBe("It ran out of ideas.");
  expect(lengthSeconds(makings.get("r")!)).toBe(7);
  expect(told).toEqual(["finished failed"]);
  dispose();
});

test("the page follows at most three generations at the same time", () => {
  const { makings, dispose } = setUp();
  for (const id of ["a", "b", "c", "d"]) makings.follow(id, known);
  expect(FakeEventSource.opened).toHaveLength(3);
  say(FakeEventSource.opened[0]!, { type: "complete", at: "" });
  expect(FakeEventSource.last.url).toContain("/v1/generations/d/events");
  dispose();
});

test("when generations end, the page still has at most three open event streams", () => {
  const { makings, dispose } = setUp();
  for (const id of ["a", "b", "c", "d", "e", "f", "g", "h"]) makings.follow(id, known);
  const open = () => FakeEventSource.opened.filter(({ isClosed }) => !isClosed).length;
  for (let ended = 0; ended < 4; ended += 1) {
    const source = FakeEventSource.opened[ended]!;
    source.say("data", [{ type: "complete", at: "" }]);
    source.say("control", { streamNextOffset: String(++offset), streamClosed: true });
    expect(open()).toBe(3);
  }
  dispose();
});

test("a generation with the option `first` is followed at once, and another generation is paused", () => {
  const { makings, dispose } = setUp();
  for (const id of ["a", "b", "c"]) makings.follow(id, known);
  say(FakeEventSource.opened[0]!, progress(1, "intro", 1));
  makings.follow("mine", { ...known, first: true });
  expect(FakeEventSource.last.url).toContain("/v1/generations/mine/events");
  expect(FakeEventSource.opened[0]!.isClosed).toBe(true);
  say(FakeEventSource.last, { type: "complete", at: "" });
  expect(FakeEventSource.last.url).toContain(`/v1/generations/a/events?offset=${offset - 1}`);
  dispose();
});

test("if the page is closed, the open event stream is closed", () => {
  const { makings, dispose } = setUp();
  makings.follow("r", known);
  dispose();
  expect(FakeEventSource.last.isClosed).toBe(true);
});

test("while a piece waits in the queue, the page shows the number of pieces before this piece", async () => {
  const place = { place: 4, seconds: 15 };
  installFakeFetch({ "GET /v1/generations/r": () => json({ state: "queued", queue: place }) });
  const { makings, dispose } = setUp();
  makings.follow("r", known);
  while (!makings.get("r")?.queue) await Bun.sleep(20);
  expect(progressWords(makings.get("r")!)).toBe("3 pieces are before yours, which begins in about 15 s.");
  say(FakeEventSource.last, { type: "started", at: "", title: "Rain", plannedMs: 40_000 });
  expect(progressWords(makings.get("r")!)).toStartWith("Composing");
  dispose();
});

test("if an event contained the place in the queue, the page does not request the place", async () => {
  let asked = 0;
  installFakeFetch({
    "GET /v1/generations/r": () => {
      asked++;
      return json({ state: "queued", queue: null });
    },
  });
  const { makings, dispose } = setUp();
  makings.follow("r", known);
  say(FakeEventSource.last, { type: "queued", at: "1" }, { type: "queue", at: "2", place: 3, seconds: 10 });
  const words = () => progressWords(makings.get("r")!);
  expect(words()).toBe("2 pieces are before yours, which begins in about 10 s.");
  say(FakeEventSource.last, { type: "queue", at: "3", place: 2, seconds: 5 });
  expect(words()).toBe("One piece is before yours, which begins in about 5 s.");
  await Bun.sleep(3_300);
  expect(asked).toBe(0);
  expect(makings.get("r")?.state).toBe("queued");
  say(FakeEventSource.last, { type: "queue", at: "4", place: 1, seconds: 5 });
  expect(words()).toBe("Finding the first notes…");
  dispose();
});

test("during a generation, the page shows the remaining seconds if they are known and more than five", () => {
  const { makings, dispose } = setUp();
  makings.follow("r", known);
  const words = () => progressWords(makings.get("r")!);
  say(FakeEventSource.last, { type: "started", at: "", title: "Rain", plannedMs: 40_000 });
  say(FakeEventSource.last, { ...progress(10, "verse", 5), secondsLeft: 12 });
  expect(words()).toBe("Composing\u00a0the\u00a0verse… bar\u00a05,\u00a0about\u00a012\u00a0s\u00a0left");
  say(FakeEventSource.last, { ...progress(20, "verse", 6), secondsLeft: 5 });
  expect(words()).toBe("Composing\u00a0the\u00a0verse… bar\u00a06,\u00a050\u00a0%");
  say(FakeEventSource.last, progress(30, "verse", 7));
  expect(words()).toBe("Composing\u00a0the\u00a0verse… bar\u00a07,\u00a075\u00a0%");
  dispose();
});

test("the length of an endless piece is the length of the generated part", () => {
  const { makings, dispose } = setUp();
  makings.follow("r", known);
  say(FakeEventSource.last, { type: "started", at: "", title: "Rain", plannedMs: null });
  say(FakeEventSource.last, progress(90, "verse", 5));
  const now = () => makings.get("r")!;
  expect([lengthSeconds(now()), isOpenEnded(now()), shortWords(now())]).toEqual([
    90,
    true,
    "It goes on until you stop it.",
  ]);
  expect(progressWords(now())).toBe(
    "Composing\u00a0the\u00a0verse… bar\u00a05,\u00a0until\u00a0you\u00a0stop\u00a0it",
  );
  say(FakeEventSource.last, { type: "complete", at: "", generatedMs: 90_000 });
  expect([lengthSeconds(now()), isOpenEnded(now())]).toEqual([90, false]);
  expect(progressWords(now())).toBe("Finished");
  dispose();
});

test("if a generator does not stop after a cancellation, the text of the piece says so", async () => {
  const { makings, dispose } = setUp();
  const cancelled = (generatorEnd?: string) => ({ type: "cancelled", at: "", generatorEnd });
  for (const id of ["here", "stopped", "left"]) makings.follow(id, known);
  const [here, stopped, left] = FakeEventSource.opened;
  say(here!, cancelled());
  say(stopped!, cancelled("stopped"));
  say(left!, cancelled("left running"));
  const words = (id: string) => progressWords(makings.get(id)!);
  const kept = "Stopped. The part that was made is kept.";
  expect(["here", "stopped"].map(words)).toEqual([kept, kept]);
  const running = `${kept} The generator itself did not stop.`;
  expect(words("left")).toBe(running);
  installFakeFetch({ "GET /v1/generations/old/events": () => json([cancelled("left running")]) });
  await makings.recall("old", { ...known, state: "cancelled" });
  expect(words("old")).toBe(running);
  dispose();
});
