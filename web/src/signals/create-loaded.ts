// Loads a value that depends on a signal. Unlike createResource, createLoaded doesn't suspend the
// view, because a suspended view closes its menus and loses the focus.
import { createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";

/**
 * Returns a function that returns the latest value, or undefined until the first value has arrived. When the key
 * changes, the value of the former key stays until the value of the new key arrives. If a value
 * was still being loaded for the former key when the key changed, this value is ignored. While the key is null, undefined or false, nothing is loaded and the value stays.
 * `load` must not reject, because no code handles the rejection.
 */
export function createLoaded<Key, Value>(
  key: () => Key | null | undefined | false,
  load: (key: Key) => Promise<Value>,
): () => Value | undefined {
  const [value, setValue] = createSignal<Value>();
  createEffect(
    // With the memo, nothing is loaded again while the key stays the same.
    on(createMemo(key), (now) => {
      if (now === null || now === undefined || now === false) return;
      let isStale = false;
      onCleanup(() => {
        isStale = true;
      });
      void load(now).then((loaded) => isStale || setValue(() => loaded));
    }),
  );
  return value;
}
