// Tests the ElevenLabs Music generator against a stand-in: the generator's contract, the sent requests, and the reasons
// that listeners get when a generation fails.
import { afterAll, describe, expect, test } from "bun:test";
import { createAudioIntake } from "../../../intake/intake.ts";
import {
  farRequest,
  faultSuite,
  outcomeOf,
  shortDeadlines,
  patientDeadlines,
} from "../../../testing/generators/fault-suite.ts";
import { soundFaultRows } from "../../../testing/generators/sound-fault-rows.ts";
import { type ElevenLabsStandIn, startElevenLabs } from "../../../testing/servers/generators/elevenlabs.ts";
import { mp3Sound } from "../../../testing/sound/far-sound.ts";
import { until } from "../../../testing/until.ts";
import { generatorContract } from "../contract.ts";
import type { Generator } from "../generator.ts";
import { createElevenLabs } from "./generator.ts";
import { elevenlabs } from "./index.ts";
import { findPlace } from "./place.ts";

const key = "xi-test-s3cret";
const sound = await mp3Sound();
const intake = createAudioIntake();
const contractSide = await startElevenLabs(sound);
afterAll(async () => {
  await contractSide[Symbol.asyncDispose]();
  await intake.close();
});

const open = (url: string, mode = "prompt", deadlines = patientDeadlines): Generator =>
  createElevenLabs(findPlace(`elevenlabs:${url}?mode=${mode}`)!, { intake, key, ...deadlines });

generatorContract({
  name: "ElevenLabs",
  create: () => open(contractSide.url, "plan"),
  takesAnyInstruction: true,
});

describe("the faults of ElevenLabs", () => {
  faultSuite(
    soundFaultRows,
    async (fault, deadlines) => {
      const side = await startElevenLabs(sound, fault);
      const generator = open(side.url, undefined, deadlines);
      return {
        generator,
        starts: () => side.starts.length,
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

describe("the requests to ElevenLabs", () => {
  const asked = async (
    mode: string,
    run: (generator: Generator) => Promise<unknown>,
  ): Promise<ElevenLabsStandIn> => {
    const side = await startElevenLabs(sound);
    const generator = open(side.url, mode);
    await run(generator);
    await generator.close();
    await side[Symbol.asyncDispose]();
    return side;
  };

  test("contain the prompt, the length and all options of the generation", async () => {
    const options = { tempo: 90, key: "A minor", lyrics: "la la", instrumental: false };
    const { starts } = await asked("prompt", (generator) => outcomeOf(generator, farRequest({ options })));
    expect(starts).toEqual([
      {
        path: "/v1/music/stream?output_format=mp3_44100_128",
        key,
        body: {
          prompt: "calm piano\n90 bpm, in A minor\nLyrics:\nla la",
          music_length_ms: 10_000,
          model_id: "music_v1",
        },
      },
    ]);
  });

  test("in plan mode ask for a plan first, and then for the music of the plan", async () => {
    const sections: (string | undefined)[] = [];
    const { plans, starts } = await asked("plan", async (generator) => {
      const { chunks } = await generator.start(farRequest(), new AbortController().signal);
      for await (const { section } of chunks) sections.push(section);
    });
    expect(plans.map(({ body }) => body.music_length_ms)).toEqual([10_000]);
    expect(starts.map(({ body }) => [Object.keys(body).sort(), body.seed])).toEqual([
      [["composition_plan", "model_id", "seed"], 7],
    ]);
    expect([...new Set(sections)]).toEqual(["intro", "verse", "outro"]);
  });

  test("contain the changed plan after two changes, and don't ask ElevenLabs for a new plan", async () => {
    const { plans, starts } = await asked("plan", async (generator) => {
      const first = await generator.start(farRequest(), new AbortController().signal);
      const revision = await generator.revise({ spec: first.plan.spec, instruction: "without strings" });
      expect([revision.by, revision.understood]).toEqual(["plan", ["without strings"]]);
      const again = await generator.revise({
        spec: revision.spec,
        instruction: "darker",
        durationSeconds: 20,
      });
      await outcomeOf(generator, farRequest({ spec: again.spec, durationSeconds: 20 }));
    });
    expect(plans.length).toBe(1);
    const plan = starts[0]?.body.composition_plan as ReturnType<typeof Object> as {
      readonly positive_global_styles: string[];
      readonly negative_global_styles: string[];
      readonly sections: { readonly duration_ms: number }[];
    };
    expect(plan.positive_global_styles).toEqual(["piano", "darker"]);
    expect(plan.negative_global_styles).toEqual(["drums", "strings"]);
    expect(plan.sections.reduce((sum, { duration_ms }) => sum + duration_ms, 0)).toBe(20_000);
  });
});

describe("a generation by ElevenLabs", () => {
  test("closes the connection if the reader stops", async () => {
    await using side = await startElevenLabs(sound, "keeps the connection open at the end");
    const generator = open(side.url);
    const abort = new AbortController();
    const { chunks, stopped } = await generator.start(farRequest(), abort.signal);
    for await (const _ of chunks) break;
    await until("the connection is closed", () => side.open === 0);
    abort.abort();
    expect(await stopped).toBe("stopped");
    await generator.close();
  });

  test("fails with a reason at the deadline of the request", async () => {
    await using side = await startElevenLabs(sound, "never answers");
    const generator = open(side.url);
    const deadline = new Date(Date.now() + 200);
    const { failure } = await outcomeOf(generator, farRequest({ deadline }));
    expect(failure).toMatchObject({ publicMessage: "The generator didn't finish before the deadline." });
    await generator.close();
  });

  test("fails with a reason if the server can't be reached", async () => {
    const generator = open("http://127.0.0.1:9", "prompt", shortDeadlines);
    const { failure } = await outcomeOf(generator);
    expect(String(failure)).toContain("The generator can't be reached.");
    await generator.close();
  });

  test("yields its first chunk before ElevenLabs has sent the rest of the audio", async () => {
    await using side = await startElevenLabs(sound, "stalls");
    const generator = open(side.url);
    const { chunks } = await generator.start(farRequest(), new AbortController().signal);
    let heard = 0;
    for await (const _ of chunks) {
      heard += 1;
      break;
    }
    // bench/generators.ts measures the time until the first chunk.
    expect(heard).toBe(1);
    await generator.close();
  });
});

test("an address with an unknown mode or protocol is refused", async () => {
  expect(elevenlabs.faultOf("elevenlabs:")).toBeUndefined();
  expect(elevenlabs.faultOf("elevenlabs:?mode=plan&model=music_v2")).toBeUndefined();
  expect(elevenlabs.faultOf("elevenlabs:?mode=other")).toContain("mode=plan");
  expect(elevenlabs.faultOf("elevenlabs:ftp://x")).toContain("address");
  const options = { isWarm: false, intake, ...patientDeadlines };
  await expect(elevenlabs.open("elevenlabs:", options)).rejects.toThrow("needs a key");
});
