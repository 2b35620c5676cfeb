// Lists faults of ACE-Step servers, each with the beginning of the error message that listeners
// see.
import type { AceStepFault } from "../servers/generators/acestep-tasks.ts";
import type { FaultRow } from "./fault-suite.ts";
import { wavFaultRows } from "./sound-fault-rows.ts";

/**
 * These faults of `wavFaultRows` are left out, because a busy ACE-Step server answers in another way:
 * it reports that its queue is full. So `aceStepFaultRows` has "the queue is full twice" and "the
 * queue is full" in their place.
 */
const ofStart = ["busy twice", "always busy"];

const aceStepFaultRows: readonly FaultRow<AceStepFault>[] = [
  ...wavFaultRows.filter(({ fault }) => !ofStart.includes(fault)),
  { fault: "the task fails", says: "The generator failed. It says: CUDA out of memory." },
  {
    fault: "restarts and forgets its tasks",
    says: "The generator no longer knows this piece; it was probably restarted.",
  },
  { fault: "unknown task", says: "The generator no longer knows this piece; it was probably restarted." },
  { fault: "answers with the id of another piece", says: "The generator answered for another piece." },
  { fault: "never done", says: "The generator sent no sound within 2 seconds." },
  { fault: "the file is gone", says: "The generator no longer has the audio file of this piece." },
  { fault: "the queue is full twice", says: undefined },
  { fault: "the queue is full", says: "The generator is busy.", starts: 0 },
  { fault: "dies while it is asked", says: "The connection to the generator broke off before it answered." },
  {
    fault: "the start's answer is lost",
    says: "The connection to the generator broke off before it answered.",
  },
];

export const pythonFaultRows: readonly FaultRow<AceStepFault>[] = [
  ...aceStepFaultRows,
  {
    fault: "the file is elsewhere",
    says: "The generator gave the address of a file on another server.",
  },
];

/**
 * acestep.cpp sends the audio as a part of a multipart response. Rondo ignores the content type of
 * the part, and detects the format by the first bytes. So a wrong content type is not an error.
 */
export const cppFaultRows: readonly FaultRow<AceStepFault>[] = aceStepFaultRows.map((row) => {
  if (row.fault === "another format than it says") return { ...row, says: undefined };
  return row.fault === "garbage" ? { ...row, says: "The source is of an unknown format." } : row;
});
