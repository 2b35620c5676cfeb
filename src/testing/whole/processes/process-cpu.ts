// Reads the processor time that a process has used, as Linux counts it.
import { readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** Returns the user and system time of all threads of a process in milliseconds; 0 if there is no such process. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the name in parentheses, can contain spaces. So `fields` begins with the third field.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
  } catch {
    return 0;
  }
}
