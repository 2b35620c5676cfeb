// What went wrong or right, in sentences, one short list for the whole page.
import { createSignal } from "solid-js";
import { ApiError } from "./api.ts";

export interface Notice {
  id: number;
  text: string;
  hint: string | undefined;
}

const [notices, setNotices] = createSignal<readonly Notice[]>([]);
let lastId = 0;

export { notices };

/** Shows a failure until it is dismissed; the same sentence is not stacked. */
export function noticeError(err: unknown): void {
  // Being offline is told in one place already.
  if (err instanceof ApiError && err.status === 0 && !navigator.onLine) return;
  const hint = err instanceof ApiError ? err.hint : undefined;
  notice(err instanceof Error ? err.message : String(err), hint);
}

export function notice(text: string, hint?: string): void {
  setNotices((all) => [...all.filter((one) => one.text !== text), { id: ++lastId, text, hint }].slice(-3));
}

export function dismiss(id: number): void {
  setNotices((all) => all.filter((one) => one.id !== id));
}
