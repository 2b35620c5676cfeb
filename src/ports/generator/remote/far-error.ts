// Defines the error of a generator on another machine: an AppError with the facts by which a caller decides whether to
// retry.
import { AppError, type AppErrorOptions, type ErrorCode } from "../../../errors.ts";

export interface FarErrorOptions extends AppErrorOptions {
  /**
   * True if the call can be sent again later, for example because the generator is busy or can't be reached. Don't send
   * it again if a chunk of sound has already arrived. By default false.
   */
  readonly isBusy?: boolean;
  /** The waiting time that the generator asked for, in milliseconds. */
  readonly waitMs?: number | undefined;
  /**
   * True if no answer arrived, so it is unknown whether the generator received the call. Do not repeat a call that
   * starts a piece, because the generator could start (and charge for) a second piece. By default false.
   */
  readonly isAnswerLost?: boolean;
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
}

export class FarError extends AppError {
  readonly isBusy: boolean;
  readonly waitMs: number | undefined;
  readonly isAnswerLost: boolean;
  readonly status: number | undefined;

  constructor(code: ErrorCode, reason: string, options: FarErrorOptions = {}) {
    super(code, reason, options);
    this.isBusy = options.isBusy ?? false;
    this.waitMs = options.waitMs;
    this.isAnswerLost = options.isAnswerLost ?? false;
    this.status = options.status;
  }
}

export const isBusy = (err: unknown): err is FarError => err instanceof FarError && err.isBusy;
