import { createHash } from "node:crypto";
import { describe, expect, test } from "bun:test";
import { hostileFiles } from "../../../../testing/sound/hostile-files.ts";
import { toneMp3 } from "../../../../testing/sound/tone.ts";
import { type ByteSource, sourceOf } from "../byte-source.ts";
import { id3BytesOf, id3TagOf } from "../mp3/id3.ts";
import { mp3File } from "../mp3/mp3-file.ts";
import { createSigningKey, type FindPublicKey, type SigningKey, signSound } from "./signature.ts";
import type { TrackTags } from "../track-tags.ts";
import { verifyFile } from "./verify-file.ts";
import { wavFile } from "../wav/wav-file.ts";
import { linearMsMax } from "../../../../testing/measure/time-limits.ts";

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

// The bytes begin with the header of an MP3 frame, which is enough for hashing. A decoder would refuse them.
const audio = Buffer.concat([
  Buffer.from([0xff, 0xfb, 0x90, 0x64]),
  crypto.getRandomValues(new Uint8Array(40_000)),
]);
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
const bytesOf = async (source: ByteSource) => Buffer.concat(await Array.fromAsync(source.read(0)));
const signedMp3 = async (by: SigningKey = key, sound: Uint8Array = audio): Promise<Buffer<ArrayBuffer>> =>
  bytesOf(await mp3File(sourceOf(sound), tags, (hash) => signSound(by, claims, hash)));

async function* inCrumbs(bytes: Uint8Array, crumb = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += crumb) yield bytes.subarray(at, at + crumb);
}
const verdictOf = async (bytes: Uint8Array, crumb?: number) => verifyFile(inCrumbs(bytes, crumb), findKey);

describe("when an MP3 is verified,", () => {
  test("an unchanged file is reported as unaltered", async () => {
    const bytes = await signedMp3();
    for (const crumb of [1, 127, 5_000, 1_000_000]) {
      expect(await verdictOf(bytes, crumb)).toEqual({
        verdict: "unaltered",
        keyId: key.keyId,
        claims: { ...claims, sha256: sha256(audio).toString("base64url") },
      });
    }
  });

  test("a file whose sound was changed, cut or extended by one byte is reported as altered", async () => {
    const bytes = await signedMp3();
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 1_000]! ^= 1;
    for (const changed of [flipped, bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from([0])])]) {
      expect(await verdictOf(changed)).toMatchObject({
        verdict: "altered",
        claims: { versionId: tags.versionId },
      });
    }
  });

  test("a file whose signature was changed is reported as altered", async () => {
    const signature = await signSound(key, claims, sha256(audio));
    const [head, payload, signed] = signature.split(".") as [string, string, string];
    const other = Buffer.from(JSON.stringify({ ...claims, sha256: "x", versionId: "other" })).toString(
      "base64url",
    );
    for (const forged of [
      `${head}.${other}.${signed}`,
      `${head}.${payload}.${"A".repeat(86)}`,
      `${head}.${payload}.`,
    ]) {
      const bytes = await bytesOf(await mp3File(sourceOf(audio), tags, async () => forged));
      expect(await verdictOf(bytes)).toMatchObject({ verdict: "altered" });
    }
  });

  test("a file with the signature of another sound is reported as altered", async () => {
    const bytes = await bytesOf(
      await mp3File(sourceOf(audio), tags, () => signSound(key, claims, sha256(Buffer.from("x")))),
    );
    expect(await verdictOf(bytes)).toMatchObject({ verdict: "altered" });
  });

  test("a file without a signature from a known key is reported as foreign", async () => {
    const stranger = await createSigningKey();
    const files = [
      await signedMp3(stranger),
      await bytesOf(await mp3File(sourceOf(audio), tags, async () => "nonsense")),
      await bytesOf(await mp3File(sourceOf(audio), tags)),
      audio,
    ];
    for (const bytes of files) {
      expect(await verdictOf(bytes)).toEqual({
        verdict: "foreign",
        reason: expect.any(String),
        sha256: sha256(audio).toString("base64url"),
      });
    }
  });

  test("a file that names our key but was signed with another key is reported as altered", async () => {
    const stranger = await createSigningKey();
    expect(await verdictOf(await signedMp3({ ...stranger, keyId: key.keyId }))).toMatchObject({
      verdict: "altered",
    });
  });

  test('a file whose signature has the algorithm "none" is reported as altered', async () => {
    const head = Buffer.from(JSON.stringify({ alg: "none", kid: key.keyId, typ: "rondo-sound+jws" }));
    const payload = Buffer.from(JSON.stringify({ ...claims, sha256: sha256(audio).toString("base64url") }));
    const forged = `${head.toString("base64url")}.${payload.toString("base64url")}.`;
    expect(
      await verdictOf(await bytesOf(await mp3File(sourceOf(audio), tags, async () => forged))),
    ).toMatchObject({
      verdict: "altered",
    });
  });

  test("a file to which a player added tags is still reported as unaltered", async () => {
    const bytes = await signedMp3();
    const before = Buffer.from(id3TagOf([{ id: "TIT2", text: "My name for it" }]));
    const after = Buffer.concat([Buffer.from("TAG"), Buffer.alloc(125)]);
    expect(await verdictOf(Buffer.concat([before, bytes, after]))).toMatchObject({ verdict: "unaltered" });
  });
});

describe("when a WAV is verified,", () => {
  const signedWav = async (sound: Uint8Array): Promise<Buffer<ArrayBuffer>> =>
    bytesOf(
      await wavFile(sourceOf(sound), tags, (hash) => signSound(key, { ...claims, format: "wav" }, hash)),
    );

  test("a WAV with one changed sample is reported as altered", async () => {
    const sound = await toneMp3(1);
    const bytes = await signedWav(sound.subarray(id3BytesOf(sound)));
    expect(await verdictOf(bytes)).toMatchObject({
      verdict: "unaltered",
      claims: { format: "wav", versionId },
    });
    const changed = Buffer.from(bytes);
    changed[100_000]! ^= 1;
    expect(await verdictOf(changed)).toMatchObject({ verdict: "altered" });
  });

  test("a WAV with the signature of an MP3 is reported as altered", async () => {
    const pcm = Buffer.alloc(100, 1);
    const tag = id3TagOf([
      { id: "TXXX", name: "RONDO_SIGNATURE", text: await signSound(key, claims, sha256(pcm)) },
    ]);
    const chunk = (id: string, content: Uint8Array): Buffer => {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(content.length);
      return Buffer.concat([Buffer.from(id), size, content, Buffer.alloc(content.length % 2)]);
    };
    const bytes = chunk("RIFF", Buffer.concat([Buffer.from("WAVE"), chunk("data", pcm), chunk("id3 ", tag)]));
    expect(await verdictOf(bytes)).toMatchObject({ verdict: "altered" });
  });
});

test("a damaged file is reported as foreign or altered", async () => {
  const texts = [
    "",
    "ID3",
    "RIFF\xff\xff\xff\xffWAVE",
    "RIFF\0\0\0\0WAVEdata\xff\xff\xff\x7f",
    "PK\x03\x04",
    "\xff\xfb",
  ];
  const files = texts.map((text) => Buffer.from(text, "latin1"));
  const good = await signedMp3();
  for (let seed = 1; seed <= 300; seed++) {
    const broken = Buffer.from(good.subarray(0, 2_500));
    for (let hit = 0; hit < 5; hit++)
      broken[(seed * 7_919 + hit * 104_729) % 2_500] = (seed * 31 + hit * 17) & 255;
    files.push(broken);
  }
  for (const bytes of files) {
    expect(["foreign", "altered"]).toContain((await verdictOf(bytes)).verdict);
  }
});

test("a file whose ID3 tag declares a size of 256 MiB is reported as foreign", async () => {
  const head = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f]);
  expect(await verdictOf(Buffer.concat([head, Buffer.alloc(5_000)]))).toMatchObject({ verdict: "foreign" });
});

describe("the verification time is linear in the size of", () => {
  const crumbs = { "in parts of 64 KiB": 65_536, "in parts of 100 bytes": 100 } as const;
  const files = Object.entries(hostileFiles(2_000_000)).flatMap(([name, file]) =>
    Object.entries(crumbs).map(([how, crumb]) => [`${name}, ${how}`, file, crumb] as const),
  );
  test.each([
    ...files,
    [
      "an ID3v2.4 tag of empty frames, in parts of 10 bytes",
      hostileFiles(1_000_000)["an ID3v2.4 tag of empty frames"]!,
      10,
    ] as const,
  ])("%s", async (_, file, crumb) => {
    const startedMs = performance.now();
    expect((await verdictOf(file, crumb)).verdict).toBe("foreign");
    expect(performance.now() - startedMs).toBeLessThan(linearMsMax);
  });
});
