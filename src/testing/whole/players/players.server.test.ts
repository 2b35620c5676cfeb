// Tests common player programs with their default settings on a growing piece, which is a piece that is still being
// made. Each program plays the piece from the beginning to the end.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { onCi } from "../../runners/on-ci.ts";
import { createPieces, type Pieces } from "./growing-piece.ts";
import { playInChromium } from "./in-chromium.ts";
import { play } from "./play.ts";
import { programs } from "./programs.ts";

const seconds = 6;

describe.each([
  ["planned", true],
  ["unknown", false],
] as const)("while a piece of %s size is being made", (_, isSizeKnown) => {
  let pieces: Pieces;
  beforeAll(async () => {
    pieces = await createPieces(seconds, { isSizeKnown });
  });
  afterAll(() => pieces?.[Symbol.asyncDispose]());

  for (const program of programs) {
    for (const form of program.forms) {
      test.skipIf(Bun.which(program.program) === null && !onCi).concurrent(
        `${program.name} plays the whole piece from ${form === "mp3" ? "its audio URL" : "its HLS playlist"}`,
        async () => {
          const sound = Promise.withResolvers<void>();
          // At the audio URL, the piece ends only after the program has played its first sound. So the test fails if a
          // program plays nothing before the end of the piece. At the HLS playlist, the piece does not wait for a
          // sound, because some programs start near the end of a playlist.
          const untilEnd = form === "mp3" ? sound.promise : Promise.resolve();
          const links = await pieces.make({ pace: 1.5, ahead: 2.5, untilEnd });
          const { playedSeconds, exitCode } = await play(program, links[form], 45_000, sound.resolve);
          expect(exitCode).toBe(0);
          // The played length can include the delay of an encoder.
          expect(playedSeconds).toBeGreaterThan(seconds - 0.05);
          expect(playedSeconds).toBeLessThan(seconds + 0.15);
        },
        60_000,
      );
    }
  }

  test.skipIf(Bun.which("chromium") === null && !onCi).each([
    ["its own <audio>", false],
    ["hls.js", true],
  ] as const)(
    "Chromium plays the whole piece with %s",
    async (_name, withHlsJs) => {
      const links = await pieces.make({ pace: 1.5, ahead: 2.5 });
      const url = withHlsJs ? links.hls : links.mp3;
      const { playedSeconds, said } = await playInChromium(pieces.pageUrl, url, {
        withHlsJs,
        limitMs: 45_000,
      });
      expect(said).toBe("ended");
      expect(playedSeconds).toBeGreaterThan(seconds - 0.3);
    },
    60_000,
  );
});
