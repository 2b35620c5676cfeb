// The kinds of setting: how the text of a variable becomes a value, and the sentence for a text that can't.
import { resolve } from "node:path";
import type { RateLimit } from "../ports/rate-limiter/rate-limiter.ts";
import { findDurationMs } from "./durations.ts";

/** Adds a fault of the setting to the list; the start fails once every setting was read. */
type Refuse = (message: string, hint: string) => undefined;

export interface SettingKind<T> {
  /** The unit of the number, for the documentation. */
  readonly unit?: string;
  /** `example` is a text that this kind accepts. */
  parse(
    text: string,
    setting: { readonly variable: string; readonly example: string },
    refuse: Refuse,
  ): T | undefined;
}

/** Any text. */
export const text: SettingKind<string> = { parse: (value) => value };

/** The path of a folder, made absolute. */
export const folder: SettingKind<string> = { parse: (value) => resolve(value) };

/** "true"; every other text means no. */
export const flag: SettingKind<boolean> = { parse: (value) => value === "true" };

export const oneOf = <const T extends string>(what: string, values: readonly T[]): SettingKind<T> => ({
  parse: (value, _setting, refuse) =>
    values.find((one) => one === value) ??
    refuse(`"${value}" is not ${what}.`, `One of ${values.join(", ")}`),
});

interface Range {
  readonly min: number;
  readonly max?: number;
}

/** A whole number; `what` is named in the fault, such as "a port". */
export const wholeNumber = (what: string, { min, max }: Range): SettingKind<number> => ({
  parse(value, { variable, example }, refuse) {
    const number = Number(value);
    if (Number.isSafeInteger(number) && number >= min && number <= (max ?? number)) return number;
    const range = max === undefined ? `from ${min}` : `from ${min} to ${max}`;
    return refuse(
      `"${value}" is not ${what}.`,
      `A whole number ${range}, for example ${variable}=${example}`,
    );
  },
});

/** A whole number of things, such as days or bytes. */
export const numberOf = (unit: string, range: Range): SettingKind<number> => ({
  ...wholeNumber(`a number of ${unit}`, range),
  unit,
});

/** Undefined where the text is "off". */
export const orOff = <T>(kind: SettingKind<T>): SettingKind<T> => ({
  ...kind,
  parse: (value, setting, refuse) =>
    value === "off"
      ? undefined
      : kind.parse(value, setting, (message, hint) => refuse(message, `${hint}, or off`)),
});

/** A time such as "7d", in milliseconds. */
export const duration: SettingKind<number> = {
  parse: (value, { variable, example }, refuse) =>
    findDurationMs(value) ??
    refuse(
      `"${value}" is not a time.`,
      `A whole number with s, m, h or d, for example ${variable}=${example}`,
    ),
};

/** So many in a time, such as "600/1m"; undefined where the text is "off". */
export const rateLimit: SettingKind<RateLimit> = orOff({
  parse(value, { variable, example }, refuse) {
    const [, quota = "0", window = ""] = /^(\d{1,9})\/(\w+)$/.exec(value) ?? [];
    const windowMs = findDurationMs(window) ?? 0;
    if (Number(quota) > 0 && windowMs > 0)
      return { quota: Number(quota), windowSeconds: Math.ceil(windowMs / 1000) };
    return refuse(`"${value}" is not a limit.`, `So many in a time, for example ${variable}=${example}`);
  },
});

/** An http or https URL, without the slashes at its end. It may hold a password, so the fault does not repeat it. */
export const httpUrl: SettingKind<string> = {
  parse: (value, { variable, example }, refuse) =>
    URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
      ? value.replace(/\/+$/, "")
      : refuse("It is not an http or https URL.", `For example ${variable}=${example}`),
};

/** A key of so many bytes, in base64. */
export const keyBytes = (length: number): SettingKind<Uint8Array> => ({
  parse(value, _setting, refuse) {
    const bytes = new Uint8Array(Buffer.from(value, "base64"));
    return bytes.length === length
      ? bytes
      : refuse(
          `It holds ${bytes.length} bytes, not ${length}.`,
          `Make one with: openssl rand -base64 ${length}`,
        );
  },
});

/** A text that is hard to guess. */
export const secretText = ({ charactersMin }: { readonly charactersMin: number }): SettingKind<string> => ({
  parse: (value, _setting, refuse) =>
    value.length >= charactersMin
      ? value
      : refuse(`It is shorter than ${charactersMin} characters.`, "Make one with: openssl rand -hex 24"),
});
