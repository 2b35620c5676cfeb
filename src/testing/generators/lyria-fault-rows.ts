// Lists faults of Lyria RealTime. If a fault makes the piece fail, `says` is the reason that listeners see.
import type { LyriaFault } from "../servers/generators/lyria.ts";
import type { FaultRow } from "./fault-suite.ts";

export const lyriaFaultRows: readonly FaultRow<LyriaFault>[] = [
  { fault: "none", says: undefined },
  { fault: "binary messages", says: undefined },
  { fault: "splits a sample between two messages", says: undefined },
  { fault: "slow setup", says: undefined },
  { fault: "never sets up", says: "The generator sent no sound within 3 seconds." },
  { fault: "closes before setup twice", says: undefined, starts: 3 },
  { fault: "always closes before setup", says: "The generator is busy.", starts: "several" },
  { fault: "key refused", says: "The generator refused our key." },
  {
    fault: "prompt refused",
    says: "The generator can't use this prompt: It names an artist.",
    code: "INVALID_PARAMETER",
  },
  { fault: "a later prompt is filtered", says: undefined },
  { fault: "the session ends after 4 seconds", says: undefined, starts: 2 },
  { fault: "each session ends after 3 seconds", says: undefined, starts: 4 },
  {
    fault: "ends and is gone",
    says: "The generator stopped sending sound for 5 seconds.",
    seconds: 2.5,
    starts: "several",
  },
  {
    fault: "sessions without sound",
    says: "The generator ends each session before it has sent enough audio to continue the piece.",
    starts: 3,
  },
  { fault: "stalls", says: "The generator stopped sending sound for 5 seconds.", seconds: 2 },
  { fault: "ignores pause", says: undefined },
  { fault: "garbage", says: "The generator sent a message that is not JSON." },
  { fault: "another format than it says", says: "The generator sent audio that is not 48 kHz stereo." },
  { fault: "silence", says: "The source is only silence.", seconds: 9 },
];
