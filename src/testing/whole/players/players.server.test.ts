// The usual player programs, each with its defaults, on a piece that is still growing: sound starts soon, and plays from the beginning to the end.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { onCi } from "../../runners/on-ci.ts";
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
        // The delay of an encoder may be added.
        expect(playedSeconds).toBeGreaterThan(seconds - 0.05);
        expect(playedSeconds).toBeLessThan(seconds + 0.15);
        // Alone a player takes a second; here several share a machine.
        expect(firstSoundSeconds).toBeLessThan(5);
      },
      40_000,
    );
  }
}
