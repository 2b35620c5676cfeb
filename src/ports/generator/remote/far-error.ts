// Defines the error of a generator on another machine: an AppError with the facts by which a caller decides whether to
// retry.
import { AppError, type AppErrorOptions, type ErrorCode } from "../../../errors.ts";

export interface FarErrorOptions extends AppErrorOptions {
  /**
   * True if the call may be sent again, for example because the generator is busy or can't be reached. After the first
   * chunk of sound has arrived, the call must not be sent again.
   */
  readonly isBusy?: boolean;
  /** The waiting time that the generator asked for, in milliseconds. */
  readonly waitMs?: number | undefined;
  /**
   * Whether the call may have arrived although its answer was lost. A start that costs money must then not be repeated.
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
