// Defines the type of a result that is either a value or a promise. Frequently called functions
// return this type if most of their values are available immediately. If the result is not a
// promise, the caller doesn't have to wait for the microtask queue.

export type MaybePromise<Value> = Value | Promise<Value>;

/**
 * Calls `work` with the value. If the value is available, calls `work` immediately and throws the
 * errors that `work` throws. If the value is a promise, calls `work` when the promise resolves, and
 * returns a promise, which rejects if the value or `work` fails. Example:
 * `andThen(databases.use(id, read), respond)`.
 */
export const andThen = <Value, Result>(
  value: MaybePromise<Value>,
  work: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> => (value instanceof Promise ? value.then(work) : work(value));
