// Lets the process do other work between two parts of a long task.
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
