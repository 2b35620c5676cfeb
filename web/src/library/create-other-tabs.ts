// Keeps the lists of several tabs equal: each tab notifies the others when its list has changed, and they read theirs again.
import { onCleanup } from "solid-js";
import type { Library } from "./create-library.ts";

export function createOtherTabs(library: Library): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel("rondo");
  library.changed.on(() => channel.postMessage("changed"));
  channel.addEventListener("message", () => void library.load());
  onCleanup(() => channel.close());
}
