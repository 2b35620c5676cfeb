// Tests the verification of an MP3 file whose tags ffmpeg replaced.
import { expect } from "bun:test";
import { needsTool } from "../../../../testing/runners/needs-tool.ts";
import { inParts } from "../../../../testing/sound/sources.ts";
import { makeMp3 } from "../../../../testing/sound/test-sound.ts";
import { sourceOf } from "../byte-source.ts";
import { mp3File } from "../mp3/mp3-file.ts";
import type { TrackTags } from "../track-tags.ts";
import { createSigningKey, type FindPublicKey, signSound } from "./signature.ts";
import { verifyFile } from "./verify-file.ts";

const tags: TrackTags = {
  title: "Night",
  prompt: "slow piano",
  versionId: "01936f1e-8f7a-7000-8000-000000000001",
  versionNumber: 1,
  createdAt: "2026-11-22T07:56:06.123Z",
  sourceType: "algorithmicMedia",
};
const { versionId, createdAt, sourceType } = tags;
const claims = { format: "mp3", versionId, businessId: "acme", createdAt, sourceType } as const;
const key = await createSigningKey();
const findKey: FindPublicKey = async (keyId) => (keyId === key.keyId ? key.publicJwk : undefined);

needsTool("ffmpeg")(
  "after ffmpeg has replaced the tags of a file, the signature is still found",
  async () => {
    const sound = await makeMp3({ seconds: 1 });
    const signed = Buffer.concat(
      await Array.fromAsync(
        (await mp3File(sourceOf(sound), tags, (hash) => signSound(key, claims, hash))).read(0),
      ),
    );
    const child = Bun.spawn(
      "ffmpeg -v error -f mp3 -i - -c copy -map_metadata 0 -write_xing 0 -id3v2_version 3 -metadata title=Other -f mp3 -".split(
        " ",
      ),
      { stdin: signed, stdout: "pipe" },
    );
    const retagged = new Uint8Array(await new Response(child.stdout).arrayBuffer());
    expect(retagged[3]).toBe(3);
    const verdict = await verifyFile(inParts(retagged, 1_000), findKey);
    // ffmpeg can leave out the Info frame, which is a part of the signed sound. Then the verdict is "altered".
    // The verdict must not be "foreign", because the signature is still in the file.
    expect(["unaltered", "altered"]).toContain(verdict.verdict);
    expect(verdict).toMatchObject({ claims: { versionId: tags.versionId } });
  },
);
