// Converts the report about a Neon project to findings.
import { type Found, good } from "../../found.ts";
import type { NeonReport } from "./inspect.ts";

export const neonFindings = ({ defaultBranch }: NeonReport): readonly Found[] => [
  good(`The API key may change the Neon project; its default branch is ${defaultBranch}.`),
];
