// Makes the table of faults in docs/generators.md from the rows of faults that the tests of each generator use.
import { markdownTable } from "../../markdown-table.ts";
import type { FaultRow } from "./fault-suite.ts";
import { cppFaultRows, pythonFaultRows } from "./acestep-fault-rows.ts";
import { lyriaFaultRows } from "./lyria-fault-rows.ts";
import { ownFaultRows } from "./own-fault-rows.ts";
import { soundFaultRows, wavFaultRows } from "./sound-fault-rows.ts";

const generators: readonly (readonly [name: string, rows: readonly FaultRow[]])[] = [
  ["a generator of your own", ownFaultRows],
  ["ElevenLabs", soundFaultRows],
  ["ACE-Step (Python)", pythonFaultRows],
  ["acestep.cpp", cppFaultRows],
  ["Audio over HTTP", wavFaultRows],
  ["Lyria RealTime", lyriaFaultRows],
];

/** Makes one row for each pair of a fault and a reason. The row names the generators to which the pair applies. */
export function faultTable(): string {
  const groups = new Map<string, { readonly row: FaultRow; readonly names: string[] }>();
  for (const [name, rows] of generators) {
    for (const row of rows) {
      const key = `${row.fault} ${row.says}`;
      const group = groups.get(key) ?? { row, names: [] };
      group.names.push(name);
      groups.set(key, group);
    }
  }
  const order = generators.flatMap(([, rows]) => rows.map(({ fault }) => fault));
  const sorted = [...groups.values()].sort((a, b) => order.indexOf(a.row.fault) - order.indexOf(b.row.fault));
  const rows = sorted.map(({ row, names }) => [row.fault, reasonOf(row), heardOf(row), names.join(", ")]);
  return markdownTable([
    ["Fault of the generator", "Reason that the listener sees", "What plays", "Tested with"],
    ...rows,
  ]);
}

const reasonOf = ({ says, code = "GENERATION_FAILED" }: FaultRow): string =>
  says === undefined
    ? "nothing: the piece is made"
    : `${says}${/[.…]$/.test(says) ? "" : " …"} (\`${code}\`)`;

const heardOf = ({ says, seconds }: FaultRow): string => {
  if (seconds !== undefined && seconds > 0) return says === undefined ? "the shorter piece" : "what was made";
  return says === undefined ? "the whole piece" : "–";
};
