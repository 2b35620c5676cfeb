// Defines the type of a result that is either a value or a promise. Use this type for functions that are called very
// often and usually have their value at once. With a value, the caller continues immediately. With a promise, the
// caller needs `await`, and continues only with the next microtask.

export type MaybePromise<Value> = Value | Promise<Value>;

/**
 * Calls `work` with the value, and returns its result. If the value is a promise, waits for the value
 * and returns a promise, which rejects if the value or `work` fails. Otherwise, calls `work` at once;
 * an error of `work` is then thrown. Example: `andThen(databases.use(id, read), respond)`.
 */
export const andThen = <Value, Result>(
  value: MaybePromise<Value>,
  work: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> => (value instanceof Promise ? value.then(work) : work(value));
