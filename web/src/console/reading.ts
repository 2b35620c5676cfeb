// Creates a resource that is read from the server, and can be read again.
import { createSignal, onCleanup, onMount } from "solid-js";
import { noticeError } from "../lib/notices.ts";

/** `everyMs`: reads again in this interval while the page is visible. Undefined until the first answer. */
export function createReading<Value>(read: () => Promise<Value>, everyMs?: number) {
  const [value, setValue] = createSignal<Value>();
  const again = () => read().then((found) => void setValue(() => found), noticeError);
  onMount(() => {
    void again();
    if (everyMs === undefined) return;
    const timer = setInterval(() => document.visibilityState === "visible" && void again(), everyMs);
    onCleanup(() => clearInterval(timer));
  });
  return { value, again };
}
