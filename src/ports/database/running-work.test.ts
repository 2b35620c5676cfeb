import { expect, test } from "bun:test";
import { createRunningWork } from "./running-work.ts";

test("closing twice waits for running work, calls `end` only once, and refuses more work", async () => {
  const running = createRunningWork();
  const answer = Promise.withResolvers<string>();
  const events: string[] = [];
  const pending = running.tracked(() => answer.promise).then((text) => events.push(text));
  const end = async () => void events.push("ended");
  const closing = Promise.all([running.close(end), running.close(end)]);
  expect(running.isClosing).toBe(true);
  await expect(running.tracked(async () => "late")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  answer.resolve("answered");
  await Promise.all([closing, pending]);
  expect(events).toEqual(["answered", "ended"]);
});

test("closing also completes if the work that it waits for fails", async () => {
  const running = createRunningWork();
  const failing = Promise.withResolvers<never>();
  const pending = running.tracked(() => failing.promise);
  const closing = running.close(async () => {});
  failing.reject(new Error("broken"));
  await expect(pending).rejects.toThrow("broken");
  await closing;
});
