// Lists all cases in the order in which they run.
import type { CheckCase } from "../check-case.ts";
import { bodyCases } from "./body.ts";
import { cancelCases } from "./cancel.ts";
import { concurrencyCases } from "./concurrency.ts";
import { deadlineCases } from "./deadline.ts";
import { descriptionCases } from "./description.ts";
import { formatCases } from "./formats.ts";
import { idCases } from "./ids.ts";
import { mongodbCases } from "./mongodb.ts";
import { requestCases } from "./requests.ts";
import { signatureCases } from "./signatures.ts";
import { soundCases } from "./sound.ts";
import { streamCases } from "./stream.ts";
import { streamFaultCases } from "./stream-faults.ts";

export const allCases: readonly CheckCase[] = [
  ...descriptionCases,
  ...signatureCases,
  ...requestCases,
  ...idCases,
  ...soundCases,
  ...bodyCases,
  ...formatCases,
  ...streamCases,
  ...streamFaultCases,
  ...mongodbCases,
  ...cancelCases,
  ...deadlineCases,
  ...concurrencyCases,
];
