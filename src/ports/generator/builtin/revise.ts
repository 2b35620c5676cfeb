// Changes a plan of the composer according to a user's instruction.
import { changeSpec } from "../../../composer/instruction/instruction.ts";
import { plannedBytesOf } from "../../../composer/mp3/frames.ts";
import { sharedStartOf } from "../../../composer/shared-start.ts";
import { parseSpec, samplesOf } from "../../../composer/spec.ts";
import { AppError } from "../../../errors.ts";
import type { Revision, RevisionRequest } from "../generator.ts";

/**
 * Throws INVALID_PARAMETER if nothing would change: the instruction contains no known change, and neither
 * `durationSeconds` nor `seed` has a new value.
 */
export function revise({ spec, instruction, durationSeconds, seed }: RevisionRequest): Revision {
  // The changed version of an endless piece has a fixed length.
  const { endlessSeconds: _, ...before } = parseSpec(spec);
  let { spec: after, understood, notUnderstood } = changeSpec(before, instruction);
  if (durationSeconds !== undefined && durationSeconds !== after.durationSeconds) {
    const longer = changeSpec(after, `make it ${durationSeconds} seconds long`);
    after = longer.spec;
    understood = [...understood, ...longer.understood];
  }
  if (seed !== undefined && seed !== after.seed) {
    after = { ...after, seed };
    understood = [...understood, "another take"];
  }
  if (understood.length === 0) {
    throw new AppError("INVALID_PARAMETER", "The instruction was not understood.", {
      hint: whatCanBeSaid,
      faults: [{ at: "/instruction", message: "The instruction contains no known change." }],
    });
  }
  return {
    by: "plan",
    spec: after,
    understood,
    notUnderstood,
    title: after.title === before.title ? undefined : after.title,
    durationSeconds: after.durationSeconds,
    seed: after.seed,
    plannedBytes: plannedBytesOf(samplesOf(after)),
    shared: sharedStartOf(after, before),
  };
}

const whatCanBeSaid =
  "Say for example: faster, 96 bpm, in minor, in A, transpose up 2, without drums, add strings, " +
  "flute instead of piano, as jazz, darker, calmer, more swing, add rain, extend by 30 s, another take, " +
  'call it "Harbour" – several at once with commas.';
