// A value, or a promise of it. Hot paths use it where most values are there at once: each promise costs a turn of the event loop's queue.

export type MaybePromise<Value> = Value | Promise<Value>;

/** Calls `work` with the value: at once where it is there, else when the promise resolves. Example: `andThen(databases.use(id, read), respond)`. */
export const andThen = <Value, Result>(
  value: MaybePromise<Value>,
  work: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> => (value instanceof Promise ? value.then(work) : work(value));
