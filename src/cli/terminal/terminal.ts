// Prints the lines of a command in the terminal, and asks for yes or no.
import { createInterface } from "node:readline/promises";

export const terminal = {
  print: (line: string): void => console.log(line),
  /**
   * Asks a question. Returns true only for "y" or "yes", in any letter case. If the input is not a terminal, asks
   * nothing and returns false.
   */
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
