// Creates a signal that says whether the browser reports a network connection.
import { createSignal, onCleanup } from "solid-js";

export function createOnline(): () => boolean {
  const [online, setOnline] = createSignal(navigator.onLine);
  const look = () => setOnline(navigator.onLine);
  for (const type of ["online", "offline"]) {
    addEventListener(type, look);
    onCleanup(() => removeEventListener(type, look));
  }
  return online;
}
