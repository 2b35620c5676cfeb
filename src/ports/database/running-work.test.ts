import { expect, test } from "bun:test";
import { createRunningWork } from "./running-work.ts";

test("two calls of `close` wait for the running work", async () => {
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

test("`close` also resolves if the running work fails", async () => {
  const running = createRunningWork();
  const failing = Promise.withResolvers<never>();
  const pending = running.tracked(() => failing.promise);
  const closing = running.close(async () => {});
  failing.reject(new Error("broken"));
  await expect(pending).rejects.toThrow("broken");
  await closing;
});
