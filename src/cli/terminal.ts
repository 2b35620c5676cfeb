// The terminal of a command: lines out, a yes or no in.
import { createInterface } from "node:readline/promises";

export const terminal = {
  print: (line: string): void => console.log(line),
  /** Only a "y" is a yes; without a person at the other end it is a no. */
  async confirm(question: string): Promise<boolean> {
    if (!process.stdin.isTTY) return false;
    const reader = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
    } finally {
      reader.close();
    }
  },
};
