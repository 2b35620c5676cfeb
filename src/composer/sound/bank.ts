// Reads the sound banks with which a thread renders music: recorded instruments from two files, and computed waves.

import { readFile } from "node:fs/promises";
import { type BasicSoundBank, SoundBankLoader } from "spessasynth_core";
import { AppError } from "../../errors.ts";
import { createWaveBank } from "./wave-bank.ts";

export interface Bank {
  readonly recorded: BasicSoundBank;
  /** The instruments that composer version 1 does not have. */
  readonly more: BasicSoundBank;
  readonly waves: BasicSoundBank;
}

const soundBankFile = new URL("../sound-bank/instruments.sf3", import.meta.url);
const moreInstrumentsFile = new URL("../sound-bank/more-instruments.sf3", import.meta.url);

/**
 * Reads instruments.sf3 (or the given `file` in its place) and more-instruments.sf3. Throws GENERATION_FAILED if one of
 * the two files is missing or is not a sound bank.
 */
export const loadBank = async (file: URL = soundBankFile): Promise<Bank> => {
  try {
    const [recorded, more] = await Promise.all([readBank(file), readBank(moreInstrumentsFile)]);
    return { recorded, more, waves: createWaveBank() };
  } catch (cause) {
    throw new AppError("GENERATION_FAILED", "The composer's instruments can't be loaded.", {
      hint: "instruments.sf3 or more-instruments.sf3 in src/composer/sound-bank is missing or damaged; fetch it again.",
      cause,
    });
  }
};

const readBank = async (file: URL): Promise<BasicSoundBank> => {
  const bytes = await readFile(file);
  const data = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(data).set(bytes);
  return SoundBankLoader.fromArrayBuffer(data);
};
