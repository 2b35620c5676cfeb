// Keeps the library equal in all tabs of the browser. When a person changes the library in one tab,
// the other tabs are notified and load their libraries again.
import { onCleanup } from "solid-js";
import type { Library } from "./create-library.ts";

export function createOtherTabs(library: Library): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel("rondo");
  library.changed.on(() => channel.postMessage("changed"));
  channel.addEventListener("message", () => void library.load());
  onCleanup(() => channel.close());
}
