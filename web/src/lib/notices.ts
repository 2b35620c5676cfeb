// The list of notices of the page.
import { createSignal } from "solid-js";
import { ApiError } from "./send.ts";

export interface Notice {
  id: number;
  text: string;
  hint: string | undefined;
  /** Undoes the action. A notice with `undo` disappears by itself. */
  undo?: () => void;
}

const [notices, setNotices] = createSignal<readonly Notice[]>([]);
let lastId = 0;

export { notices };

/** Shows an error until it is dismissed; the same text is shown only once. */
export function noticeError(err: unknown): void {
  // The page already shows that it is offline.
  if (err instanceof ApiError && err.status === 0 && !navigator.onLine) return;
  const hint = err instanceof ApiError ? err.hint : undefined;
  notice(err instanceof Error ? err.message : String(err), hint);
}

export function notice(text: string, hint?: string, undo?: () => void): void {
  const added: Notice = { id: ++lastId, text, hint };
  if (undo) added.undo = undo;
  setNotices((all) => [...all.filter((one) => one.text !== text), added].slice(-3));
}

/** Undoes the last action, if its notice is still shown. */
export function undoLast(): void {
  const last = notices().findLast((one) => one.undo);
  if (!last) return;
  dismiss(last.id);
  last.undo!();
}

export function dismiss(id: number): void {
  setNotices((all) => all.filter((one) => one.id !== id));
}
