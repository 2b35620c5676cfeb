// Keeps the library equal in all tabs of the browser: a tab notifies the other tabs when its library has changed, and
// they load it again.
import { onCleanup } from "solid-js";
import type { Library } from "./create-library.ts";

export function createOtherTabs(library: Library): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel("rondo");
  library.changed.on(() => channel.postMessage("changed"));
  channel.addEventListener("message", () => void library.load());
  onCleanup(() => channel.close());
}
