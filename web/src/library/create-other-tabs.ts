// Keeps the lists of several tabs equal: each tab notifies the other tabs when its list has changed, and the other tabs
// read their lists again.
import { onCleanup } from "solid-js";
import type { Library } from "./create-library.ts";

export function createOtherTabs(library: Library): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel("rondo");
  library.changed.on(() => channel.postMessage("changed"));
  channel.addEventListener("message", () => void library.load());
  onCleanup(() => channel.close());
}
