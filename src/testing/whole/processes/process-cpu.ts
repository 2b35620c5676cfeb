// Reads the processor time that a process has used, as Linux counts it.
import { readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** Returns the user and system time of all threads of a process in milliseconds; 0 if there is no such process. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, which can contain spaces. So only the text after the
    // parentheses is split, and `fields` begins with the third field of the file.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
  } catch {
    return 0;
  }
}
