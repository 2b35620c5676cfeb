// Tests usual player programs with their defaults on a growing piece: sound starts soon and plays from the beginning to the end.
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
      `${program.name} plays all of a growing piece by ${form === "mp3" ? "its address" : "HLS"}`,
      async () => {
        const links = await pieces.make({ pace: 1.5, ahead: 2.5 });
        const { firstSoundSeconds, playedSeconds, exitCode } = await play(program, links[form], 30_000);
        expect(exitCode).toBe(0);
        // The delay of an encoder may be added.
        expect(playedSeconds).toBeGreaterThan(seconds - 0.05);
        expect(playedSeconds).toBeLessThan(seconds + 0.15);
        // A player alone takes a second, but here several run at the same time.
        expect(firstSoundSeconds).toBeLessThan(5);
      },
      40_000,
    );
  }
}
