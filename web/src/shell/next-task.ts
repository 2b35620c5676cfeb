// Splits long work into tasks.

/** Resolves in a task of its own. Between two tasks, the browser can answer a press and draw the page. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
