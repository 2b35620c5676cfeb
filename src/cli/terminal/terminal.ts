// Prints the lines of a command in the terminal, and asks for yes or no.
import { createInterface } from "node:readline/promises";

export const terminal = {
  print: (line: string): void => console.log(line),
  /** Asks a question. Only "y" and "yes" mean yes; without a terminal the answer is no. */
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
