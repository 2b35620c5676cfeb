// Reads a meter in a prompt, such as "3/4", "seven eight" or "waltz time".

import { type MeterName, meterNames } from "../../score/time/meter.ts";
import { type Rule, textAt } from "./number-rule.ts";

const spokenMeters: Readonly<Record<string, MeterName>> = {
  "three four": "3/4",
  "four four": "4/4",
  "two four": "2/4",
  "five four": "5/4",
  "six eight": "6/8",
  "seven eight": "7/8",
  "twelve eight": "12/8",
  "drei viertel": "3/4",
};
const oneWordMeters: Readonly<Record<string, MeterName>> = {
  dreivierteltakt: "3/4",
  viervierteltakt: "4/4",
  sechsachteltakt: "6/8",
  siebenachteltakt: "7/8",
  "3拍子": "3/4",
  三拍子: "3/4",
};

export const readMeter: Rule = (tokens, at) => {
  const text = textAt(tokens, at);
  const rest = /^(?:time|meter|metre|takt|signature|beat)$/.test(textAt(tokens, at + 1)) ? 1 : 0;
  const more = rest === 1 && textAt(tokens, at + 2) === "signature" ? 1 : 0;
  if (/^\d{1,2}\/(?:2|4|8|16)$/.test(text)) {
    const meter = meterNames.find((name) => name === text);
    return { wish: { kind: "meter", meter }, count: 1 + rest + more };
  }
  if (text === "odd" && /^(?:meters?|time|metre)$/.test(textAt(tokens, at + 1)))
    return { wish: { kind: "meter", meter: "7/8" }, count: 2 };
  const word = oneWordMeters[text];
  if (word !== undefined) return { wish: { kind: "meter", meter: word }, count: 1 };
  if (/^(?:waltz|3)$/.test(text) && textAt(tokens, at + 1) === "time")
    return { wish: { kind: "meter", meter: "3/4" }, count: 2 };
  const spoken = spokenMeters[`${text} ${textAt(tokens, at + 1)}`];
  if (spoken !== undefined)
    return {
      wish: { kind: "meter", meter: spoken },
      count: 2 + (/^(?:time|meter|beat)$/.test(textAt(tokens, at + 2)) ? 1 : 0),
    };
  return undefined;
};
