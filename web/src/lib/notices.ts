// What went wrong or right, in sentences, one short list for the whole page.
import { createSignal } from "solid-js";
import { ApiError } from "./send.ts";

export interface Notice {
  id: number;
  text: string;
  hint: string | undefined;
  /** Takes back what it tells of; such a notice goes by itself. */
  undo?: () => void;
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

export function notice(text: string, hint?: string, undo?: () => void): void {
  const added: Notice = { id: ++lastId, text, hint };
  if (undo) added.undo = undo;
  setNotices((all) => [...all.filter((one) => one.text !== text), added].slice(-3));
}

/** Takes back what was done last, where that is still offered. */
export function undoLast(): void {
  const last = notices().findLast((one) => one.undo);
  if (!last) return;
  dismiss(last.id);
  last.undo!();
}

export function dismiss(id: number): void {
  setNotices((all) => all.filter((one) => one.id !== id));
}
