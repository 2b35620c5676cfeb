// Lists faults of generators that send the sound as the body of a response. The row of a fault has
// the beginning of the error message that listeners see (`says`), or undefined if the piece
// succeeds in spite of the fault.
import type { SoundFault } from "../servers/generators/sound-replies.ts";
import type { FaultRow } from "./fault-suite.ts";

export const soundFaultRows: readonly FaultRow<SoundFault>[] = [
  { fault: "none", says: undefined },
  { fault: "sends single bytes", says: undefined },
  { fault: "slow first byte", says: undefined },
  { fault: "never answers", says: "The generator sent no sound within 2 seconds." },
  { fault: "stalls", says: "The generator stopped sending sound for 5 seconds.", seconds: 1.5 },
  { fault: "dies between chunks", says: "The connection to the generator broke off.", seconds: 1.5 },
  { fault: "ends within a frame", says: "The source ended within an MP3 frame", seconds: 1.5 },
  { fault: "sends a shorter piece", says: undefined, seconds: 3.8 },
  { fault: "sends sound without end", says: undefined },
  { fault: "keeps the connection open at the end", says: undefined },
  { fault: "garbage", says: "The source is not MP3." },
  { fault: "silence", says: "The source is only silence." },
  { fault: "another format than it says", says: "The source says that it is MP3, but it is WAV." },
  {
    fault: "200 with an error in JSON",
    says: "The generator answered without audio. It says: The model isn't loaded.",
  },
  { fault: "200 with an HTML page", says: "The generator answered without audio." },
  { fault: "empty", says: "The source is empty." },
  { fault: "500", says: "The generator answered 500." },
  { fault: "key refused", says: "The generator refused our key." },
  {
    fault: "plan doesn't allow it",
    says: "The generator refused our key. It says: Music needs a paid plan.",
  },
  { fault: "out of quota", says: "The generator's quota is used up." },
  { fault: "prompt refused", says: "The prompt names an artist.", code: "INVALID_PARAMETER" },
  { fault: "busy twice", says: undefined, starts: 3 },
  { fault: "always busy", says: "The generator is busy.", starts: "several" },
  { fault: "redirect to an inner address", says: "The generator redirects to another address." },
];

const ofWav: Partial<Record<SoundFault, string>> = {
  "ends within a frame": "The source ended after",
  garbage: "The source says that it is WAV, but it is something else.",
  "another format than it says": "The source says that it is WAV, but it is MP3.",
};

/** The rows of the same faults for generators that send WAV. Some messages differ from the messages for MP3. */
export const wavFaultRows: readonly FaultRow<SoundFault>[] = soundFaultRows.map((row) => ({
  ...row,
  ...(ofWav[row.fault] === undefined ? {} : { says: ofWav[row.fault] }),
}));
