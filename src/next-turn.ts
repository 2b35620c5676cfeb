// Lets everybody else of the process have a turn, between two slices of work that takes long.
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
