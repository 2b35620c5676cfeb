import { beforeEach, expect, test } from "bun:test";
import { FakeEventSource, installFakeEventSource } from "../../test/fake-event-source.ts";
import type { GenerationEvent } from "../api/wire.ts";
import { BEGINNING, followEvents } from "./follow-events.ts";

const progress = (generatedMs: number): GenerationEvent => ({
  type: "progress",
  at: "",
  startMs: generatedMs - 1000,
  generatedMs,
});

beforeEach(installFakeEventSource);

function follow() {
  const seen: GenerationEvent[] = [];
  const told: string[] = [];
  const stop = followEvents("r", BEGINNING, {
    onEvents: (events) => seen.push(...events),
    onClosed: () => told.push("closed"),
    onBroken: (failures) => told.push(`broken ${failures}`),
  });
  return { seen, told, stop };
}

test("if the connection breaks, a new connection continues at the last offset", () => {
  const { seen, told, stop } = follow();
  FakeEventSource.last.say("data", [progress(1000)]);
  FakeEventSource.last.say("control", { streamNextOffset: "10" });
  FakeEventSource.last.say("data", [progress(2000)]);
  FakeEventSource.last.onerror?.();
  dispatchEvent(new Event("online"));
  expect(
    FakeEventSource.opened.map(({ url }) => new URL(url, "http://x").searchParams.get("offset")),
  ).toEqual(["-1", "10"]);
  FakeEventSource.last.say("data", [progress(2000)]);
  FakeEventSource.last.say("control", { streamNextOffset: "20" });
  expect(seen).toEqual([progress(1000), progress(2000)]);
  expect(told).toEqual(["broken 1"]);
  stop();
});

test("if the network returns before the connection has failed, no event is reported twice", () => {
  const { seen, stop } = follow();
  FakeEventSource.last.say("data", [progress(1000)]);
  dispatchEvent(new Event("online"));
  FakeEventSource.last.say("data", [progress(1000)]);
  FakeEventSource.last.say("control", { streamNextOffset: "10" });
  expect(seen).toEqual([progress(1000)]);
  stop();
});

test("if `stop` is called when the connection breaks, no new connection is opened", async () => {
  let stop = () => {};
  stop = followEvents("r", BEGINNING, { onEvents() {}, onClosed() {}, onBroken: () => stop() });
  FakeEventSource.last.onerror?.();
  await Bun.sleep(600);
  expect(FakeEventSource.opened).toHaveLength(1);
});

test("after the end of the stream, the connection is closed and not opened again", () => {
  const { told } = follow();
  FakeEventSource.last.say("data", [{ type: "complete", at: "" }]);
  FakeEventSource.last.say("control", { streamNextOffset: "30", streamClosed: true });
  expect(told).toEqual(["closed"]);
  expect(FakeEventSource.last.isClosed).toBe(true);
  dispatchEvent(new Event("online"));
  expect(FakeEventSource.opened).toHaveLength(1);
});

test("after `stop` is called, the connection is closed and not opened again", () => {
  const { stop } = follow();
  stop();
  expect(FakeEventSource.last.isClosed).toBe(true);
  dispatchEvent(new Event("online"));
  expect(FakeEventSource.opened).toHaveLength(1);
});
