// Creates a value that is read from the server, and can be read again.
import { createEffect, createSignal, on, onCleanup, onMount } from "solid-js";
import { withSameParts } from "./same-parts.ts";

export interface Reading<Value> {
  /** Undefined until a read has succeeded. A failed read does not change the value. */
  value(): Value | undefined;
  /** The error of the latest read that has ended; undefined if this read succeeded. */
  error(): Error | undefined;
  /** Reads the value now. Does not reject: if the read fails, `error` returns the error. */
  again(): Promise<void>;
}

/**
 * The value is read when the component is mounted, then every `everyMs` milliseconds while the page is visible, and
 * whenever a signal that `when` reads changes. If a read has not ended when the next read starts, its result is
 * ignored. Parts of the value that did not change stay the same objects. So the rows of a table stay in the page, with
 * the focus and the opened details.
 */
export function createReading<Value>(
  read: () => Promise<Value>,
  { everyMs, when }: { readonly everyMs?: number; readonly when?: () => unknown } = {},
): Reading<Value> {
  const [value, setValue] = createSignal<Value>();
  const [error, setError] = createSignal<Error>();
  let latest = 0;

  async function again(): Promise<void> {
    const mine = ++latest;
    try {
      const found = await read();
      if (mine !== latest) return;
      setError(undefined);
      setValue((before) => withSameParts(before, found));
    } catch (err) {
      if (mine === latest) setError(err as Error);
    }
  }
  onMount(() => {
    void again();
    if (everyMs === undefined) return;
    const timer = setInterval(() => document.visibilityState === "visible" && void again(), everyMs);
    onCleanup(() => clearInterval(timer));
  });
  if (when !== undefined) createEffect(on(when, () => void again(), { defer: true }));
  return { value, error, again };
}
