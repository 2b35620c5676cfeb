// Judges some pieces with tools that use no code of the composer. `bun bench/composer-judges.ts` measures many more.

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { hearPieces, judgesPython } from "../testing/listening/judge-pieces.ts";
import { longOnly, runsLongTests } from "../testing/long-tests.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { parsePrompt } from "./prompt/parse-prompt.ts";

setDefaultTimeout(300_000);

const planOf = (prompt: string) => parsePrompt({ prompt, seed: 1, durationSeconds: 45 });

describe.skipIf(!runsLongTests || judgesPython === undefined)(
  `independent judges ${runsLongTests ? "" : longOnly}`,
  async () => {
    test("hear the notes, the tempo, the key, the meter and the drums of the plan", async () => {
      await using folder = await createTemporaryDirectory();
      const pieces = await hearPieces(
        [
          planOf("waltz in D major with flute"),
          planOf("rock in E minor 120 bpm"),
          planOf("progressive rock in 7/8"),
          planOf("calm solo piano in C major"),
          planOf("tango in A minor with violin"),
        ],
        folder.path,
      );
      // `notes` is the share of the piece's notes that were found in the sound. As a control, `notesOfOther` is this
      // share for the notes of another piece. The control is usually below 0.1.
      for (const { judgement } of pieces) {
        expect(judgement.notes).toBeGreaterThan(0.15);
        expect(judgement.notes).toBeGreaterThan(2.5 * judgement.notesOfOther);
      }
      const [waltz, rock, prog, piano, tango] = pieces.map(({ judgement }) => judgement);
      expect([waltz?.barEighths, rock?.barEighths, prog?.barEighths]).toEqual([6, 8, 7]);
      expect(Math.abs((rock?.bpm ?? 0) / 120 - 1)).toBeLessThan(0.04);
      expect(rock?.keyByNotes).toEqual([4, true]);
      expect(rock?.percussive).toBeGreaterThan((piano?.percussive ?? 0) + 6);
      expect(piano?.controllers).toContain(64);
      expect(tango?.controllers).toContain(1);
    });
  },
);
