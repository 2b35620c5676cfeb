// Defines the kinds of settings. Each kind either converts the text of a variable into a value, or reports a fault.
import { resolve } from "node:path";
import ipaddr from "ipaddr.js";
import type { RateLimit } from "../ports/rate-limiter/rate-limiter.ts";
import { findDurationMs } from "./durations.ts";

/**
 * Adds a fault of the setting to a list, and returns undefined. When all settings have been read,
 * one error reports the whole list.
 */
type Refuse = (message: string, hint: string) => undefined;

export interface SettingKind<T> {
  /** The unit of the number, for the documentation. */
  readonly unit?: string;
  /**
   * Parses the text of a variable. If the text is not valid, calls `refuse` and returns undefined.
   * `example` is a text that this kind accepts.
   */
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

/** True for "true", and false for every other text. */
export const flag: SettingKind<boolean> = { parse: (value) => value === "true" };

export const oneOf = <const T extends string>(what: string, values: readonly T[]): SettingKind<T> => ({
  parse: (value, _setting, refuse) =>
    values.find((one) => one === value) ??
    refuse(`"${value}" is not ${what}.`, `Use one of ${values.join(", ")}.`),
});

interface Range {
  readonly min: number;
  readonly max?: number;
}

/** A whole number. `what` is the description of the number in the fault, for example "a port". */
export const wholeNumber = (what: string, { min, max }: Range): SettingKind<number> => ({
  parse(value, { variable, example }, refuse) {
    const number = Number(value);
    if (Number.isSafeInteger(number) && number >= min && number <= (max ?? number)) return number;
    const range = max === undefined ? `from ${min}` : `from ${min} to ${max}`;
    return refuse(
      `"${value}" is not ${what}.`,
      `Give a whole number ${range}, for example ${variable}=${example}`,
    );
  },
});

/** A whole number with a unit, such as days or bytes. */
export const numberOf = (unit: string, range: Range): SettingKind<number> => ({
  ...wholeNumber(`a number of ${unit}`, range),
  unit,
});

/** Returns a kind that accepts the same texts as `kind`, and also "off". The value of "off" is undefined. */
export const orOff = <T>(kind: SettingKind<T>): SettingKind<T> => ({
  ...kind,
  parse: (value, setting, refuse) =>
    value === "off"
      ? undefined
      : kind.parse(value, setting, (message, hint) => refuse(message, `${hint}, or off`)),
});

/** A duration such as "7d", in milliseconds. */
export const duration: SettingKind<number> = {
  parse: (value, { variable, example }, refuse) =>
    findDurationMs(value) ??
    refuse(
      `"${value}" is not a duration.`,
      `Give a whole number with s, m, h or d, for example ${variable}=${example}`,
    ),
};

/**
 * A number per duration, such as "600/1m". The text "off" means that there is no limit (undefined).
 */
export const rateLimit: SettingKind<RateLimit> = orOff({
  parse(value, { variable, example }, refuse) {
    const [, quota = "0", window = ""] = /^(\d{1,9})\/(\w+)$/.exec(value) ?? [];
    const windowMs = findDurationMs(window) ?? 0;
    if (Number(quota) > 0 && windowMs > 0)
      return { quota: Number(quota), windowSeconds: Math.ceil(windowMs / 1000) };
    return refuse(
      `"${value}" is not a limit.`,
      `Give a number per duration, for example ${variable}=${example}`,
    );
  },
});

/**
 * An http or https URL. Slashes at its end are removed. The fault does not contain the URL, because the URL may contain
 * a password.
 */
export const httpUrl: SettingKind<string> = {
  parse: (value, { variable, example }, refuse) =>
    URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
      ? value.replace(/\/+$/, "")
      : refuse("The value is not an http or https URL.", `Write it like ${variable}=${example}`),
};

/** A list of networks as CIDR blocks, separated by commas, such as "10.0.0.0/8,fd00::/8". */
export const networks: SettingKind<readonly string[]> = {
  parse(value, { variable, example }, refuse) {
    const list = value.split(",").map((one) => one.trim());
    const wrong = list.find((one) => !ipaddr.isValidCIDR(one));
    return wrong === undefined
      ? list
      : refuse(`"${wrong}" is not a network.`, `Write it like ${variable}=${example}`);
  },
};

/** A key of `length` bytes, in base64. */
export const keyBytes = (length: number): SettingKind<Uint8Array> => ({
  parse(value, _setting, refuse) {
    const bytes = new Uint8Array(Buffer.from(value, "base64"));
    return bytes.length === length
      ? bytes
      : refuse(
          `The value has ${bytes.length} bytes, not ${length}.`,
          `Create one with: openssl rand -base64 ${length}`,
        );
  },
});

/** A secret with a minimum length, which makes the secret hard to guess. */
export const secretText = ({ charactersMin }: { readonly charactersMin: number }): SettingKind<string> => ({
  parse: (value, _setting, refuse) =>
    value.length >= charactersMin
      ? value
      : refuse(
          `The value is shorter than ${charactersMin} characters.`,
          "Create one with: openssl rand -hex 24",
        ),
});
