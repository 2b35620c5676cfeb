// Lists the reasons that listeners see when the operator's own generator fails while it responds with the sound as the
// body.
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
