// Tests the generator for servers that answer one POST with an audio file. A stand-in replaces the server. The tests
// cover the contract of generators, the dialects of the servers, and faults of a server.
import { afterAll, describe, expect, test } from "bun:test";
import { createAudioIntake } from "../../../intake/intake.ts";
import {
  farRequest,
  faultSuite,
  outcomeOf,
  patientDeadlines,
} from "../../../testing/generators/fault-suite.ts";
import { wavFaultRows } from "../../../testing/generators/sound-fault-rows.ts";
import { startOnePost } from "../../../testing/servers/generators/one-post.ts";
import { monoWavSound } from "../../../testing/sound/far-sound.ts";
import { musicAt, pcmOf } from "../../../testing/sound/sources.ts";
import { generatorContract } from "../contract.ts";
import type { GenerationOptions, Generator } from "../generator.ts";
import { createAudioHttp } from "./generator.ts";
import { audioHttp } from "./index.ts";
import { type AudioHttpPlace, findPlace } from "./place.ts";

const key = "server-s3cret";
const sound = await monoWavSound();
const intake = createAudioIntake();
const contractSide = await startOnePost(sound);
afterAll(async () => {
  await contractSide[Symbol.asyncDispose]();
  await intake.close();
});

const placeOf = (url: string, query = "dialect=localai"): AudioHttpPlace => {
  const place = findPlace(`audio+${url}?${query}`);
  if (typeof place === "string") throw new Error(place);
  return place;
};

const open = (url: string, query?: string, deadlines = patientDeadlines): Generator =>
  createAudioHttp(placeOf(url, query), { intake, key, ...deadlines });

generatorContract({
  name: "audio over HTTP",
  create: () => open(contractSide.url),
  takesAnyInstruction: true,
});

describe("the faults of a server that answers one POST with an audio file", () => {
  faultSuite(
    wavFaultRows,
    async (fault, deadlines) => {
      const side = await startOnePost(sound, fault);
      const generator = open(side.url, undefined, deadlines);
      return {
        generator,
        starts: () => side.requests.length,
        open: () => side.open,
        [Symbol.asyncDispose]: async () => {
          await generator.close();
          await side[Symbol.asyncDispose]();
        },
      };
    },
    key,
  );
});

describe("the request to the server", () => {
  const sent = async (query: string, options?: GenerationOptions) => {
    await using side = await startOnePost({ ...sound, bytes: sound.short });
    const generator = open(side.url, query);
    await outcomeOf(generator, farRequest(options === undefined ? {} : { options }));
    await generator.close();
    const [request] = side.requests;
    return { path: request?.path, headers: request?.headers, text: request?.body.toString("utf8") ?? "" };
  };

  test.each([
    [
      "dialect=openai&model=MiniMax-Music3",
      "/v1/audio/speech",
      {
        model: "MiniMax-Music3",
        input: "[Instrumental]",
        instructions: "calm piano\n90 bpm, in A minor",
        seed: 7,
        max_new_tokens: 250,
        response_format: "wav",
      },
    ],
    [
      "dialect=generate",
      "/v1/audio/generate",
      { input: "calm piano\n90 bpm, in A minor", audio_length: 10, seed: 7, response_format: "wav" },
    ],
    [
      "dialect=localai&model=ace-step",
      "/v1/sound-generation",
      { model_id: "ace-step", text: "calm piano", duration_seconds: 10, bpm: 90, keyscale: "A minor" },
    ],
    [
      "prompt=text&seconds=length&set.steps=50&set.fast=true",
      "/",
      { text: "calm piano\n90 bpm, in A minor", length: 10, steps: 50, fast: true },
    ],
  ])("has the path and the fields that follow from the address (%s)", async (query, path, body) => {
    const request = await sent(query, { tempo: 90, key: "A minor" });
    expect(request.path).toBe(path);
    expect(JSON.parse(request.text)).toEqual(body);
    expect(request.headers?.get("authorization")).toBe(`Bearer ${key}`);
  });

  test("is a multipart form in the stability dialect", async () => {
    const { path, headers, text } = await sent("dialect=stability");
    expect(path).toBe("/v2beta/audio/stable-audio-2/text-to-audio");
    expect(headers?.get("content-type")).toStartWith("multipart/form-data");
    for (const [name, value] of [
      ["prompt", "calm piano"],
      ["duration", "10"],
      ["model", "stable-audio-2.5"],
      ["output_format", "mp3"],
    ])
      expect(text).toContain(`name="${name}"\r\n\r\n${value}\r\n`);
  });

  test("contains the lyrics if the dialect has a field for lyrics", async () => {
    const options = { lyrics: "la la" };
    expect(JSON.parse((await sent("dialect=openai", options)).text).input).toBe("la la");
    const { failure } = await outcomeOf(open(contractSide.url, "dialect=generate"), farRequest({ options }));
    expect(failure).toMatchObject({ code: "INVALID_PARAMETER" });
  });

  test("fails with INVALID_PARAMETER if the piece is longer than the dialect allows", async () => {
    const { failure } = await outcomeOf(
      open(contractSide.url, "dialect=stability"),
      farRequest({ durationSeconds: 200 }),
    );
    expect(failure).toMatchObject({
      code: "INVALID_PARAMETER",
      publicMessage: "The duration must be from 10 to 190 seconds.",
    });
  });
});

test("if neither the Content-Type nor the address names an audio format, the first bytes of the audio decide", async () => {
  await using side = await startOnePost({ ...sound, contentType: "application/octet-stream" });
  const { failure, madeMs } = await outcomeOf(open(side.url));
  expect([failure, Math.round(madeMs)]).toEqual([undefined, 10_000]);
});

test("if only the generator's address names an audio format, this format is used", async () => {
  const bytes = pcmOf(musicAt(24_000, 12, 1), "s16le");
  await using side = await startOnePost({ ...sound, bytes, contentType: "application/octet-stream" });
  const answer = encodeURIComponent("audio/pcm;rate=24000;channels=1;encoding=s16le");
  const { failure, madeMs } = await outcomeOf(open(side.url, `dialect=openai&answer=${answer}`));
  expect([failure, Math.round(madeMs)]).toEqual([undefined, 10_000]);
  expect(audioHttp.faultOf("audio+http://host?dialect=openai&answer=audio/pcm")).toContain(
    "does not name a type of sound",
  );
});

test("a WAV file whose header has no length is read to its end", async () => {
  const bytes = new Uint8Array(sound.bytes);
  new DataView(bytes.buffer).setUint32(40, 0xffffffff, true);
  await using side = await startOnePost({ ...sound, bytes });
  const { failure, madeMs } = await outcomeOf(open(side.url));
  expect([failure, Math.round(madeMs)]).toEqual([undefined, 10_000]);
});

test("after an abort, the generator reports that the server goes on with the piece", async () => {
  await using side = await startOnePost(sound, "never answers");
  const abort = new AbortController();
  const { chunks, stopped } = await open(side.url).start(farRequest(), abort.signal);
  const reading = (async () => {
    for await (const _ of chunks);
  })();
  abort.abort(new Error("stopped by its user"));
  await expect(reading).rejects.toThrow("stopped by its user");
  expect(await stopped).toBe("left running");
});

test.each([
  ["audio+http://host", "The address has neither a dialect"],
  ["audio+http://host?dialect=other", "The dialect other is not known"],
  ["audio+http://host?dialect=constructor", "The dialect constructor is not known"],
  ["audio+http://host?dialect=localai&steps=5", "written as set.steps="],
  ["audio+http://host?dialect=localai&sends=xml", "form or json"],
  ["audio+http://host?dialect=localai&secondsMax=long", "secondsMax is not a number"],
  ["audio+http://host?dialect=localai&unitsPerSecond=0", "unitsPerSecond is not a number"],
  ["audio+ftp://host?dialect=localai", "It is not the address"],
  ["audio+http://user:s3cret@host?dialect=localai", "A key belongs in RONDO_GENERATOR_KEY"],
])("the address %s is refused with the reason", (location, says) => {
  expect(audioHttp.faultOf(location)).toContain(says);
});
