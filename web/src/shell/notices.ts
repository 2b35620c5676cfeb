// Holds the list of notices of the page.
import { createSignal } from "solid-js";
import { ApiError } from "../api/send.ts";

export interface NoticeAction {
  label: "Undo" | "Try again";
  run(): void;
}

export interface Notice {
  id: number;
  text: string;
  hint: string | undefined;
  /** The action that a person can take. A notice with "Undo" disappears after `UNDO_MS` (see notices.tsx). */
  action?: NoticeAction;
}

const [notices, setNotices] = createSignal<readonly Notice[]>([]);
let lastId = 0;

export { notices };

/** Whether the error means that no answer came from the server. */
export const isUnreachable = (err: unknown): boolean => err instanceof ApiError && err.status === 0;

/**
 * Shows the error of a request that reads data. Shows nothing if the server can't be reached because the browser is
 * offline: another part of the page already says that the browser is offline.
 */
export function noticeLoad(err: unknown): void {
  if (!isUnreachable(err) || navigator.onLine) noticeError(err);
}

/**
 * Shows that an action failed. If the server didn't answer, the notice has the text `words`, and a button "Try again"
 * that calls `again`. Otherwise the notice shows the error.
 */
export function noticeUndone(err: unknown, words: string, again: () => void): void {
  if (isUnreachable(err)) notice(words, undefined, { label: "Try again", run: again });
  else noticeError(err);
}

/** Shows the error until a person dismisses the notice, or until three newer notices are shown. */
export function noticeError(err: unknown): void {
  const hint = err instanceof ApiError ? err.hint : undefined;
  notice(err instanceof Error ? err.message : String(err), hint);
}

/**
 * Adds a notice. The notice replaces an older notice with the same text. Only the three newest notices are shown.
 */
export function notice(text: string, hint?: string, action?: NoticeAction): void {
  const added: Notice = { id: ++lastId, text, hint };
  if (action) added.action = action;
  setNotices((all) => [...all.filter((one) => one.text !== text), added].slice(-3));
}

/** Does the same as a click on "Undo" in the newest notice that has this button. Without such a notice, does nothing. */
export function undoLast(): void {
  const last = notices().findLast((one) => one.action?.label === "Undo");
  if (!last) return;
  dismiss(last.id);
  last.action!.run();
}

export function dismiss(id: number): void {
  setNotices((all) => all.filter((one) => one.id !== id));
}
