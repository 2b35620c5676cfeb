// Checks the options that a request contains besides its prompt: tempo, key, style, lyrics, and whether the piece is
// instrumental.
import { z } from "zod";
import { personText } from "./making-request.ts";

const tempoMin = 30;
const tempoMax = 300;
const styleCharactersMax = 200;
const lyricsCharactersMax = 5000;

const key = /^[A-G][#b]?( (major|minor|dorian|phrygian|lydian|mixolydian))?$/;

export const generationOptions = z
  .strictObject({
    tempo: z
      .int("It has to be a whole number of beats a minute.")
      .min(tempoMin, `It has to be at least ${tempoMin} beats a minute.`)
      .max(tempoMax, `It may be at most ${tempoMax} beats a minute.`)
      .exactOptional()
      .describe("Beats a minute."),
    key: z
      .string()
      .regex(key, 'Write the key as "C", "F# minor" or "Bb dorian".')
      .exactOptional()
      .describe('"C", "F# minor" or "Bb dorian".'),
    style: personText(styleCharactersMax, "Name a style, or leave it out.")
      .exactOptional()
      .describe('The style in words: "jazz".'),
    lyrics: personText(lyricsCharactersMax, "Write the lyrics, or leave them out.")
      .exactOptional()
      .describe("The words to sing."),
    instrumental: z
      .boolean()
      .exactOptional()
      .describe("true: without singing. false means the same as no value."),
  })
  .refine(({ lyrics, instrumental }) => lyrics === undefined || instrumental !== true, {
    path: ["lyrics"],
    message: "An instrumental piece has no lyrics. Leave out one of the two.",
  })
  .describe(
    "Wishes in addition to the prompt. Where they contradict the prompt, they take precedence. If the generator can't fulfil a wish, the field `notUnderstood` names the wish, or the generation fails with the reason.",
  );
