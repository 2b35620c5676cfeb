// Runs the examination of `rondo doctor`, and selects the findings about one setting, for tests.
import { expect } from "bun:test";
import { readConfig } from "../config/config.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

/**
 * Returns the findings about a setting. Also checks that every finding with a state other than "good" has a hint, and
 * throws if a hint is missing. This check includes the findings about other settings.
 */
export async function examined(
  setting: string,
  environment: Record<string, string>,
): Promise<readonly Finding[]> {
  await using directory = await createTemporaryDirectory();
  const findings = await examine(readConfig({ RONDO_DATA: directory.path, ...environment }));
  for (const { state, hint } of findings) if (state !== "good") expect(hint).toBeString();
  return findings.filter((finding) => finding.setting === setting);
}

export const examinedUrl = (setting: string, url: string) => examined(setting, { [setting]: url });
export const statesOf = (findings: readonly Finding[]) => findings.map(({ state }) => state);
/**
 * Returns one line of text for each finding with a state other than "good": the state, the finding
 * and the hint.
 */
export const complaintsOf = (findings: readonly Finding[]): string =>
  findings
    .filter(({ state }) => state !== "good")
    .map(({ state, says, hint }) => `${state}: ${says} ${hint}`)
    .join("\n");

/** An address at which no program listens. */
export const nobody = "127.0.0.1:1";
