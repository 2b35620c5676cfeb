import { afterEach, expect, test } from "bun:test";
import { cleanup, render, waitFor } from "@solidjs/testing-library";
import { createSignal } from "solid-js";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import type { GenerationStatus, VersionSummary } from "../api/wire.ts";
import { Downloads } from "./downloads.tsx";

afterEach(cleanup);

/** Shows the links of a version. The fake server responds only after a call of `answer`. */
function show(requestId: string, plan: object, generation?: Partial<GenerationStatus>, kept = true) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const asked = installFakeFetch({
    [`GET /v1/generations/${requestId}`]: async () => {
      await promise;
      return json({ state: "complete", plan });
    },
  });
  const [isKept, setKept] = createSignal(kept);
  const version = { id: "v", requestId } as VersionSummary;
  render(() => (
    <Downloads version={version} isKept={isKept()} generation={generation as GenerationStatus | undefined} />
  ));
  const links = () => [...document.querySelectorAll<HTMLAnchorElement>("a")];
  return {
    asked,
    setKept,
    answer: resolve,
    words: () => links().map((one) => one.textContent),
    usable: () => links().filter((one) => one.href).length,
  };
}

test("the answer of the server makes the MIDI, score and stem links usable", async () => {
  const { answer, words, usable } = show("composed", { composerVersion: 2 });
  const before = words();
  expect([before.length, usable()]).toEqual([6, 2]);
  answer();
  await waitFor(() => expect(usable()).toBe(6));
  expect(words()).toEqual(before);
});

test("if the page knows that a piece has no notes, only the MP3 and WAV links are shown", async () => {
  show("foreign", {}).answer();
  await waitFor(() => {
    cleanup();
    expect(show("foreign", {}).words()).toEqual(["Download MP3", "Download WAV"]);
  });
  cleanup();
  expect(show("foreign", {}).asked).toEqual([]);
});

test("if the page knows that a generation has ended, only usable links are shown", () => {
  const known = show("known", {}, { state: "complete", plan: { composerVersion: 2 } });
  expect([known.words().length, known.usable()]).toEqual([6, 6]);
  cleanup();
  const stopped = show("stopped", {}, { state: "cancelled", plan: { composerVersion: 2 } });
  expect([stopped.words().length, stopped.usable()]).toEqual([2, 2]);
  expect([...known.asked, ...stopped.asked]).toEqual([]);
});

test("when a piece becomes complete, the menu that is already open gets no new links", () => {
  const { asked, setKept, words } = show("late", {}, undefined, false);
  expect([words(), asked]).toEqual([[], []]);
  setKept(true);
  expect(words()).toEqual([]);
});
