// Defines a value that may be a promise. Frequently called functions return this type if most of their values are
// available immediately. For a value that is not a promise, the caller doesn't wait for the microtask queue.

export type MaybePromise<Value> = Value | Promise<Value>;

/**
 * Calls `work` with the value: at once if it is available, otherwise when the promise resolves. Example:
 * `andThen(databases.use(id, read), respond)`.
 */
export const andThen = <Value, Result>(
  value: MaybePromise<Value>,
  work: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> => (value instanceof Promise ? value.then(work) : work(value));
