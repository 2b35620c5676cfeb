// Splits long work into several tasks of the browser's event loop.

/** Resolves in a new task. Between two tasks, the browser can handle clicks and keys and draw the page. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
