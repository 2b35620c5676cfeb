// The programs people listen with, each with its defaults, on a piece that is still being made: sound soon, from its beginning, to its end.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { onCi } from "../on-ci.ts";
import { createPieces, type Pieces } from "./growing-piece.ts";
import { play } from "./play.ts";
import { programs } from "./programs.ts";

const seconds = 6;
let pieces: Pieces;
beforeAll(async () => {
  pieces = await createPieces(seconds);
});
afterAll(() => pieces?.[Symbol.asyncDispose]());

for (const program of programs) {
  for (const form of program.forms) {
    test.skipIf(Bun.which(program.program) === null && !onCi).concurrent(
      `${program.name} plays a growing piece by ${form === "mp3" ? "its address" : "HLS"}, all of it`,
      async () => {
        const links = await pieces.make({ pace: 1.5, ahead: 2.5 });
        const { firstSoundSeconds, playedSeconds, exitCode } = await play(program, links[form], 30_000);
        expect(exitCode).toBe(0);
        // An encoder's delay may come on top.
        expect(playedSeconds).toBeGreaterThan(seconds - 0.05);
        expect(playedSeconds).toBeLessThan(seconds + 0.15);
        // A second by itself; here several players share a machine.
        expect(firstSoundSeconds).toBeLessThan(5);
      },
      40_000,
    );
  }
}
