// bun bench/players.ts [seconds]: prints a Markdown table that says how well each installed player program and Chromium
// play. Each program plays two pieces, each of `seconds` seconds (default: 12). One piece is still being made, and the
// other is finished. The program plays each piece in the forms that it supports: from the audio URL, from the HLS
// playlist, or from both.
import { createPieces, type Making } from "../src/testing/whole/players/growing-piece.ts";
import { playInChromium } from "../src/testing/whole/players/in-chromium.ts";
import { play, type Played } from "../src/testing/whole/players/play.ts";
import { type Form, programs } from "../src/testing/whole/players/programs.ts";

interface Player {
  readonly name: string;
  readonly form: Form;
  run(url: string): Promise<Played>;
}

const seconds = Number(process.argv[2] ?? 12);
const limitMs = seconds * 1_000 + 20_000;
await using pieces = await createPieces(seconds);

const players: readonly Player[] = [
  ...programs
    .filter(({ program }) => Bun.which(program) !== null)
    .flatMap((program) =>
      program.forms.map((form) => ({
        name: program.name,
        form,
        run: (url: string) => play(program, url, limitMs),
      })),
    ),
  ...(["mp3", "hls"] as const).map((form) => ({
    name: form === "mp3" ? "Chromium" : "hls.js in Chromium",
    form,
    run: (url: string) => playInChromium(pieces.pageUrl, url, { withHlsJs: form === "hls", limitMs }),
  })),
];

const makings: Readonly<Record<string, Making>> = {
  growing: { pace: 1.5, ahead: 2.5 },
  finished: { pace: Infinity, ahead: seconds },
};

const verdictOf = ({ firstSoundSeconds, playedSeconds, exitCode }: Played): string => {
  if (firstSoundSeconds === undefined) return "silent";
  if (playedSeconds < seconds - 0.05) return "ended too early";
  if (playedSeconds > seconds + 0.2) return "longer than the piece";
  return exitCode === 0 ? "complete" : "complete, but the player did not exit normally";
};

console.log(
  `Each piece has ${seconds} s. A growing piece is made at 1.5 times real time, and 2.5 s of it exist when the player starts.\n`,
);
console.log("| Program | Form | Piece | First sound, s | Played, s | Verdict |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const { name, form, run } of players) {
  for (const [piece, making] of Object.entries(makings)) {
    const links = await pieces.make(making);
    const played = await run(links[form]);
    const first = played.firstSoundSeconds?.toFixed(2) ?? "–";
    const row = [name, form.toUpperCase(), piece, first, played.playedSeconds.toFixed(2), verdictOf(played)];
    console.log(`| ${row.join(" | ")} |`);
  }
}
process.exit(0);
