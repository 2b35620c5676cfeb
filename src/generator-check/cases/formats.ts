// Defines the cases for the content types. They check that each offered type can be requested, and that the response
// decodes to music of the right length.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import { expectThat, SkipCase } from "../mismatch.ts";
import { decode, type FormatName, formatNameOf } from "../sound/decode.ts";
import { secondsOf } from "../sound/samples.ts";
import { measure } from "../sound/measure.ts";

const names: Readonly<Record<FormatName, string>> = {
  mp3: "audio/mpeg",
  wav: "audio/wav",
  flac: "audio/flac",
  l16: "audio/L16",
  pcm: "audio/pcm",
};

async function checkFormat(ctx: CheckContext, format: FormatName): Promise<void> {
  const { contentTypes } = await ctx.capabilities();
  const offered = contentTypes.filter((one) => formatNameOf(one) === format);
  if (offered.length === 0) throw new SkipCase(`${names[format]} is not offered.`);
  for (const accept of offered) {
    const started = await ctx.start({ delivery: "body", accept });
    started.expectAccepted();
    const isThat = formatNameOf(started.contentType) === format;
    expectThat(isThat, `${accept}, as Accept asks`, started.contentType || "no Content-Type");
    const sound = await decode(started.contentType, await started.audio());
    const { usual } = await ctx.lengths();
    const seconds = secondsOf(sound);
    expectThat(Math.abs(seconds - usual) <= 1, `${usual} s of sound`, `${seconds.toFixed(2)} s`);
    const { levelDb, flatness, roughness, broken } = measure(sound);
    const isSound = levelDb > -55 && flatness < 0.7 && roughness < 1.2 && broken === 0;
    expectThat(
      isSound,
      "music: a level above -55 dB, a flatness below 0.7, a roughness below 1.2, no sample beyond 1.5 times full scale",
      `a level of ${levelDb.toFixed(0)} dB, a flatness of ${flatness.toFixed(2)}, a roughness of ${roughness.toFixed(2)}, ${(100 * broken).toFixed(2)} % beyond`,
    );
  }
}

const caseOf = (format: FormatName, hint: string) => ({
  title: `${names[format]}, if it is offered, decodes to music of the right length`,
  hint,
  run: (ctx: CheckContext) => checkFormat(ctx, format),
});

export const formatCases = group(
  "format",
  {
    mp3: caseOf(
      "mp3",
      "Use one encoder for the whole piece, send only frames, and flush the encoder at the end.",
    ),
    wav: caseOf(
      "wav",
      "Send 16-bit integers or 32-bit floats. The length in the header has to be right, or 0xFFFFFFFF if it is not known yet.",
    ),
    flac: caseOf("flac", "Send a native FLAC stream, which begins with fLaC."),
    l16: caseOf(
      "l16",
      "audio/L16 is big endian (RFC 2586). The parameters rate and channels must be those of the samples.",
    ),
    pcm: caseOf(
      "pcm",
      "Send little-endian samples as the parameter encoding declares: f32le from -1 to 1, or s16le.",
    ),
  },
  "body",
);
