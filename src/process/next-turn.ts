// Yields to other work of the process between two slices of long work.
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
