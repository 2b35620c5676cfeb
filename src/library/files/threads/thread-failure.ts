// Converts an error to a message that can be sent to another thread, and the message back to an
// error.
import { AppError, isAppError } from "../../../errors.ts";
import { isDiskFull } from "../../../ports/disk-full.ts";
import type { ThreadFailure } from "./thread-messages.ts";

/**
 * Keeps the code, the message and the hint of an AppError. Other errors get the code STORAGE_FULL if the disk was full.
 * All remaining errors get no code, and the message is the stack of the error.
 */
export function failureOf(err: unknown): ThreadFailure {
  if (isAppError(err)) return { code: err.code, message: err.publicMessage, hint: err.hint };
  if (isDiskFull(err))
    return { code: "STORAGE_FULL", message: "The server has no disk space left to make this file." };
  return { code: undefined, message: (err instanceof Error && err.stack) || String(err) };
}

export const errorOf = ({ code, message, hint }: ThreadFailure): Error =>
  code === undefined ? new Error(message) : new AppError(code, message, hint === undefined ? {} : { hint });
