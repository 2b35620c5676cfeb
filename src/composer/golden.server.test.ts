// Compares the whole sound of version 1's plans with the reviewed sound. The rendering takes half a minute.

import { expect, setDefaultTimeout, test } from "bun:test";
import { prepareAudioHash, versionOnePieces } from "../testing/sound/version-1-pieces.ts";

setDefaultTimeout(60_000);
const audioHashOf = await prepareAudioHash();

test.each(versionOnePieces.map((piece) => [piece.spec.style, piece] as const))(
  "a plan of composer version 1 of %s gives the reviewed bytes",
  async (_, { spec, audio }) => {
    expect(await audioHashOf(spec)).toBe(audio);
  },
);
