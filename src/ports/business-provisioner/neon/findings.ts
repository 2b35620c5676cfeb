// Converts the report of a Neon project to findings.
import { type Found, good } from "../../found.ts";
import type { NeonReport } from "./inspect.ts";

export const neonFindings = ({ defaultBranch }: NeonReport): readonly Found[] => [
  good(`The Neon project can be changed; its default branch is ${defaultBranch}.`),
];
