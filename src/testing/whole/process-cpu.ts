// The processor time that a process has used, as Linux counts it.
import { readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** The user and system time of all its threads. 0 if the process does not exist. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it may hold spaces; what follows begins with the third field.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
  } catch {
    return 0;
  }
}
