// Defines the rules that find numbers and musical keys in a prompt, such as "120 bpm", "in 3/4" or "A minor", and the
// wishes that these rules return.

import type { tonics } from "../../spec.ts";
import type { MeterName } from "../../score/time/meter.ts";
import type { Mode } from "../../styles/style.ts";
import type { Token } from "../normal-text.ts";

export type NumberWish =
  | { readonly kind: "bpm"; readonly bpm: number }
  /** `meter` is undefined if the composer does not have the meter, such as 9/8. */
  | { readonly kind: "meter"; readonly meter: MeterName | undefined }
  /** For a maximum, such as "under 100 seconds", `seconds` is 90 percent of the maximum, and can be a fraction. */
  | { readonly kind: "duration"; readonly seconds: number }
  | { readonly kind: "bars"; readonly bars: number; readonly section: string }
  | { readonly kind: "key"; readonly tonic: (typeof tonics)[number]; readonly mode: Mode | undefined }
  /** `decade` is the year without the century: 80 for "80s" and for "1980s". */
  | { readonly kind: "decade"; readonly decade: number };

export interface NumberFound {
  readonly wish: NumberWish;
  /** The index of the first word. */
  readonly at: number;
  /** The number of words. */
  readonly count: number;
}

export type Rule = (tokens: readonly Token[], at: number) => Omit<NumberFound, "at"> | undefined;

export const textAt = (tokens: readonly Token[], at: number): string => tokens[at]?.text ?? "";
