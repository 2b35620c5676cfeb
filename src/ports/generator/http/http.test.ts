// Tests the adapter for the operator's own generator. A test server stands in for the generator. The tests check the
// contract of generators, the sent requests, each kind of delivery, and the faults of the generator.
import { afterAll, describe, expect, test } from "bun:test";
import { createAudioIntake } from "../../../intake/intake.ts";
import {
  farRequest,
  faultSuite,
  outcomeOf,
  patientDeadlines,
} from "../../../testing/generators/fault-suite.ts";
import { ownFaultRows } from "../../../testing/generators/own-fault-rows.ts";
import {
  type OwnGeneratorOptions,
  startOwnGenerator,
} from "../../../testing/servers/generators/own-generator.ts";
import { mp3Sound } from "../../../testing/sound/far-sound.ts";
import { until } from "../../../testing/until.ts";
import { generatorContract } from "../contract.ts";
import { type FarEnd, HandOverError } from "../generator.ts";
import type { ChunkDeliveries } from "../technology.ts";
import { findAddress, type GeneratorAddress } from "./address.ts";
import { createHttpGenerator, type HttpGeneratorOptions } from "./generator.ts";
import { http } from "./index.ts";
import { signatureOf } from "./signature.ts";

const secret = "whsec_dGhpcyBpcyBhIHNlY3JldA==";
const sound = await mp3Sound();
const intake = createAudioIntake();
const contractSide = await startOwnGenerator(sound);
afterAll(async () => {
  await contractSide[Symbol.asyncDispose]();
  await intake.close();
});

const open = (url: string, options: Partial<HttpGeneratorOptions> = {}) =>
  createHttpGenerator(findAddress(url) as GeneratorAddress, {
    intake,
    secret,
    ...patientDeadlines,
    ...options,
  });

generatorContract({
  name: "HTTP",
  create: () => open(contractSide.url),
  takesAnyInstruction: true,
});

describe("the faults of the operator's own generator", () => {
  faultSuite(
    ownFaultRows,
    async (fault, deadlines) => {
      const side = await startOwnGenerator(sound, { fault, secret });
      const generator = open(side.url, deadlines);
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
    secret,
  );
});

const asked = async (
  sideOptions: OwnGeneratorOptions,
  run: (generator: ReturnType<typeof open>) => Promise<unknown>,
  options: Partial<HttpGeneratorOptions> & { readonly query?: string } = {},
) => {
  const side = await startOwnGenerator(sound, { secret, ...sideOptions });
  const generator = open(`${side.url}${options.query ?? ""}`, options);
  const result = await run(generator).catch((err: unknown) => err);
  await generator.close();
  await side[Symbol.asyncDispose]();
  return { side, result };
};

describe("the sent request", () => {
  test("contains the ids, the prompt, the options and the deadline of the generation", async () => {
    const request = farRequest({
      options: { tempo: 90 },
      deadline: new Date("2030-01-01T00:00:00Z"),
      parent: { versionId: "v0", instruction: "faster" },
    });
    const { side } = await asked({}, (generator) => outcomeOf(generator, request));
    expect(side.starts).toEqual([
      {
        ...{ businessId: "acme", userId: "alice", requestId: request.requestId, rowId: request.versionId },
        ...{ prompt: "calm piano", durationSeconds: 10, seed: 7, options: { tempo: 90 } },
        ...{ deadline: "2030-01-01T00:00:00.000Z", delivery: {} },
      },
    ]);
  });

  test("is signed as in the example of the Standard Webhooks specification", () => {
    const body = '{"test": 2432232314}';
    const of = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", nowMs: 1_614_265_330_000 };
    expect(signatureOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body, of)["webhook-signature"]).toBe(
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    );
    expect(signatureOf(undefined, body)).toEqual({});
  });

  test("is refused if the generator has another secret", async () => {
    const { result } = await asked({ secret: "another" }, (generator) => outcomeOf(generator));
    expect((result as { failure: Error }).failure.message).toStartWith("The generator refused our key.");
  });

  test("contains the parent version for a change, if the generator can make versions itself", async () => {
    const { side } = await asked({ capabilities: { versions: true } }, async (generator) => {
      const spec = { kind: "prompt", prompt: "calm piano", durationSeconds: 10, seed: 7 };
      const revision = await generator.revise({ spec, instruction: "with rain" });
      expect(revision.by).toBe("generator");
      const parent = { versionId: "v0", instruction: "with rain", audioUrl: "https://rondo.example/a", spec };
      await outcomeOf(generator, farRequest({ spec: revision.spec, parent }));
    });
    expect(side.starts).toMatchObject([
      {
        prompt: "calm piano",
        parent: { rowId: "v0", instruction: "with rain", audioUrl: "https://rondo.example/a" },
      },
    ]);
  });

  test("contains a new prompt for a change, if the generator can't make versions itself", async () => {
    const { side } = await asked({}, async (generator) => {
      const spec = { kind: "prompt", prompt: "calm piano", durationSeconds: 10, seed: 7 };
      const revision = await generator.revise({ spec, instruction: "with rain" });
      expect(revision.by).toBe("prompt");
      const parent = { versionId: "v0", instruction: "with rain" };
      await outcomeOf(generator, farRequest({ spec: revision.spec, parent }));
    });
    expect(side.starts).toMatchObject([{ prompt: "calm piano. with rain" }]);
    expect(side.starts[0]).not.toHaveProperty("parent");
  });
});

describe("the delivery", () => {
  const streamed: ChunkDeliveries = {
    stream: () => ({ url: "http://127.0.0.1:3000/v1/generations/r/chunks", token: "rwt_token" }),
    async *follow() {
      yield sound.short;
    },
  };
  const both: ChunkDeliveries = {
    ...streamed,
    mongodb: async () => ({ database: "rondo_acme", stream: "0123" }),
  };
  const capabilities = { delivery: ["body", "stream", "mongodb"] };
  const deliver = async () => undefined;

  test.each<[string, ChunkDeliveries | undefined, string, readonly string[]]>([
    ["MongoDB, if the generator and Rondo both support it", both, "", ["mongodb"]],
    ["a stream, if Rondo has a public address", streamed, "", ["stream"]],
    ["the delivery that is set in the generator's address", both, "?delivery=stream", ["stream"]],
    ["the body in all other cases", undefined, "", []],
  ])("is %s", async (_, deliveries, query, expected) => {
    const options = { query, ...(deliveries === undefined ? {} : { deliveries }) };
    const { side, result } = await asked(
      { capabilities, ...(expected.length > 0 ? { deliver } : {}) },
      (generator) => outcomeOf(generator),
      options,
    );
    expect(Object.keys(side.starts[0]?.delivery ?? {})).toEqual([...expected]);
    expect(result).toMatchObject({ failure: undefined });
  });

  test("sets `isStored` if the generator appends the chunks to the stream itself", async () => {
    await asked(
      { capabilities, deliver },
      async (generator) => {
        const generation = await generator.start(farRequest(), new AbortController().signal);
        expect(generation.isStored).toBe(true);
        let madeMs = 0;
        for await (const { startMs, durationMs } of generation.chunks) madeMs = startMs + durationMs;
        expect(madeMs).toBeWithin(3_900, 4_200);
      },
      { deliveries: streamed },
    ).then(({ result }) => expect(result).toBeUndefined());
  });

  test("fails with a reason if the generator or Rondo does not support the chosen delivery", async () => {
    const { result } = await asked({}, (generator) => outcomeOf(generator), { query: "?delivery=mongodb" });
    expect((result as { failure: Error }).failure.message).toBe(
      "Delivery by mongodb is set, but the generator or this Rondo doesn't support it.",
    );
  });

  test("ends if the generator delivers more audio than requested", async () => {
    const flood: ChunkDeliveries = {
      ...streamed,
      async *follow() {
        for (;;) yield sound.bytes;
      },
    };
    const { side } = await asked(
      { capabilities, deliver },
      async (generator) => {
        const generation = await generator.start(farRequest(), new AbortController().signal);
        const reading = (async () => {
          for await (const _ of generation.chunks);
        })();
        await expect(reading).rejects.toThrow("The generator made more than the 10 requested seconds.");
        expect(await generation.stopped).toBe("stopped");
      },
      { deliveries: flood },
    );
    expect(side.cancelled).toEqual([side.starts[0]?.requestId ?? ""]);
  });
});

describe("an abort", () => {
  test("that hands over to another run doesn't stop the generator", async () => {
    await using side = await startOwnGenerator(sound, { secret, fault: "stalls" });
    const generator = open(side.url);
    const abort = new AbortController();
    const generation = await generator.start(farRequest(), abort.signal);
    const reading = (async () => {
      for await (const _ of generation.chunks) abort.abort(new HandOverError("another run continues"));
    })();
    await expect(reading).rejects.toThrow("another run continues");
    expect([await generation.stopped, side.cancelled]).toEqual(["left running", []]);
    await generator.close();
  });

  test.each<[number, FarEnd]>([
    [204, "stopped"],
    [500, "left running"],
  ])(
    "has this result if the response to the cancel request has the status %d: %s",
    async (cancelStatus, expected) => {
      await using side = await startOwnGenerator(sound, { secret, fault: "stalls", cancelStatus });
      const generator = open(side.url);
      const abort = new AbortController();
      const generation = await generator.start(farRequest(), abort.signal);
      const reading = (async () => {
        for await (const _ of generation.chunks) abort.abort(new Error("cancelled"));
      })();
      await expect(reading).rejects.toThrow("cancelled");
      expect(await generation.stopped).toBe(expected);
      expect(side.cancelled).toEqual([side.starts[0]?.requestId ?? ""]);
      await generator.close();
    },
  );

  test("that comes before the first answer stops the generator", async () => {
    await using side = await startOwnGenerator(sound, { secret, fault: "never answers" });
    const generator = open(side.url);
    const abort = new AbortController();
    let end: Promise<FarEnd> | undefined;
    const onEarlyAbort = (stopped: Promise<FarEnd>): void => {
      end = stopped;
    };
    const starting = generator.start(farRequest({ onEarlyAbort }), abort.signal);
    await until("the generator has received the request", () => side.starts.length === 1);
    abort.abort(new Error("cancelled"));
    await expect(starting).rejects.toThrow("cancelled");
    expect(await end).toBe("stopped");
    await generator.close();
  });
});

describe("the address", () => {
  test.each([
    ["http://127.0.0.1:8008", undefined],
    ["https://music.example/api/?delivery=stream", undefined],
    ["http://u:p@music.example", "The address contains a user or a password"],
    ["http://127.0.0.1?delivery=pigeon", "delivery is one of body, stream, mongodb"],
    ["http://127.0.0.1?deliver=body", "The parameter deliver is not known"],
  ])("%s has the fault %p", (address, fault) => {
    const found = http.faultOf(address);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toStartWith(fault);
  });

  test("is examined for `rondo doctor`", async () => {
    await using side = await startOwnGenerator(sound);
    expect(await http.examine(side.url)).toMatchObject([
      { state: "good", says: "stand-in is ready and delivers by body." },
      { state: "good", says: "The licence of the model's weights: MIT" },
    ]);
    await using signed = await startOwnGenerator(sound, { secret });
    expect(await http.examine(signed.url)).toMatchObject([{ state: "good" }]);
    expect(await http.examine("http://127.0.0.1:9")).toMatchObject([{ state: "wrong" }]);
  });
});
