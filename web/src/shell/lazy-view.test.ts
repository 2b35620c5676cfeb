import { afterEach, expect, spyOn, test } from "bun:test";
import { lazyView, loadViewsLater } from "./lazy-view.ts";

const { requestIdleCallback } = globalThis;
afterEach(() => Object.assign(globalThis, { requestIdleCallback }));

test("if a part of the page can't be loaded, the next part is still loaded", async () => {
  using timers = spyOn(globalThis, "setTimeout");
  timers.mockImplementation(((run: () => void) => run()) as never);
  const idle = Promise.withResolvers<void>();
  const order: string[] = [];
  Object.assign(globalThis, { requestIdleCallback: (run: () => void) => queueMicrotask(run) });
  const first = Promise.withResolvers<never>();
  lazyView(() => {
    order.push("first");
    return first.promise;
  });
  lazyView(() => {
    order.push("second");
    idle.resolve();
    return Promise.resolve({ default: () => undefined });
  });
  loadViewsLater();
  for (let i = 0; i < 10; i++) await Promise.resolve();
  expect(order).toEqual(["first"]);
  first.reject(new Error("no network"));
  await idle.promise;
  expect(order).toEqual(["first", "second"]);
});
