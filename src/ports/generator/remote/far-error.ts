// Defines the error of a generator on another machine: an AppError with the facts by which a caller decides whether to retry.
import { AppError, type AppErrorOptions, type ErrorCode } from "../../../errors.ts";

export interface FarErrorOptions extends AppErrorOptions {
  /** True if the generator did not accept the call. Then the call may be sent again until the first chunk arrives. */
  readonly isBusy?: boolean;
  /** The waiting time that the generator asked for, in milliseconds. */
  readonly waitMs?: number | undefined;
  /** Whether the call may have arrived although its answer was lost. A start that costs money must then not be repeated. */
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
