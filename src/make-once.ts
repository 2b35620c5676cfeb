// Makes a value, such as a connection or a loaded library, at its first use. All later uses share this value.

/**
 * Returns a function that calls `make` at its first call. All calls share one promise. If the promise rejects, the next
 * call calls `make` again. Example: `const library = makeOnce(() => import("./library.ts"))`.
 */
export function makeOnce<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((err: unknown) => {
      made = undefined;
      throw err;
    });
    return made;
  };
}
