// Lists the faults that the tests simulate for an operator's own generator, and the reason that listeners see for each
// fault. Such a generator sends the sound as the response body.
import type { SoundFault } from "../servers/generators/sound-replies.ts";
import type { FaultRow } from "./fault-suite.ts";
import { soundFaultRows } from "./sound-fault-rows.ts";

const says: Partial<Record<SoundFault, string>> = {
  "never answers": "The generator didn't answer within 2.4 seconds.",
};

export const ownFaultRows: readonly FaultRow<SoundFault>[] = soundFaultRows.map((row) => {
  const its = says[row.fault];
  return its === undefined ? row : { ...row, says: its };
});
