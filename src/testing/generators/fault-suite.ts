// Runs a generator whose server fails in one specific way. Checks the error, the length of the sound and the number of
// starts. Also checks that the error's message and hint do not contain the secret, and that no connection stays open.
import { expect, setDefaultTimeout, test } from "bun:test";
import { AppError, type ErrorCode } from "../../errors.ts";
import type { GenerationRequest, Generator } from "../../ports/generator/generator.ts";
import { until } from "../until.ts";

export interface FaultRow<Fault extends string = string> {
  readonly fault: Fault;
  /** The beginning of the error message; undefined if the piece is complete despite the fault. */
  readonly says: string | undefined;
  /** The code of the error; GENERATION_FAILED by default. */
  readonly code?: ErrorCode;
  /** The minimum length of the sound in seconds. The default is 9.9 for a complete piece, and 0 for any other piece. */
  readonly seconds?: number;
  /** The expected result of `FaultySide.starts`; 1 by default. "several" means more than one. */
  readonly starts?: number | "several";
}

export interface FaultySide extends AsyncDisposable {
  readonly generator: Generator;
  /** Returns the number of starts. The tests of each generator define what counts as a start. */
  starts(): number;
  /** Returns the number of connections and tasks that are still open on the server of the generator. */
  open(): number;
}

interface Deadlines {
  readonly firstChunkMs: number;
  readonly stallMs: number;
}

/** These deadlines are so long that no run reaches them, even on a busy machine. */
export const patientDeadlines: Deadlines = { firstChunkMs: 60_000, stallMs: 60_000 };
/** With these deadlines, a run gives up soon if the server can't be reached, is busy, or sends no first chunk. */
export const shortDeadlines: Deadlines = { ...patientDeadlines, firstChunkMs: 2_400 };

/** Returns the deadlines for a fault. They are long, except the deadline that is expected to end the run. */
function deadlinesOf({ says = "", starts }: FaultRow): Deadlines {
  if (says.includes("stopped sending sound")) return { ...patientDeadlines, stallMs: 5_000 };
  const endsAtFirstDeadline =
    starts === "several" || /sent no sound within|didn't answer within|is busy/.test(says);
  return endsAtFirstDeadline ? shortDeadlines : patientDeadlines;
}

export const farRequest = (overrides: Partial<GenerationRequest> = {}): GenerationRequest => ({
  requestId: crypto.randomUUID(),
  businessId: "acme",
  owner: "alice",
  userId: "alice",
  versionId: crypto.randomUUID(),
  prompt: "calm piano",
  seed: 7,
  durationSeconds: 10,
  ...overrides,
});

export interface Outcome {
  readonly failure: unknown;
  readonly madeMs: number;
}

export async function outcomeOf(generator: Generator, request = farRequest()): Promise<Outcome> {
  let madeMs = 0;
  try {
    const generation = await generator.start(request, new AbortController().signal);
    for await (const { startMs, durationMs } of generation.chunks) madeMs = startMs + durationMs;
  } catch (failure) {
    return { failure, madeMs };
  }
  return { failure: undefined, madeMs };
}

/**
 * Most runs wait for a deadline, so four runs are made at the same time. With more runs at the same time, the load
 * would delay runs past their deadlines.
 */
const runsAtOnce = 4;

function createTurns(): (work: () => Promise<void>) => Promise<void> {
  const ends: Promise<unknown>[] = [];
  let taken = 0;
  return (work) => {
    const lane = taken++ % runsAtOnce;
    const run = (ends[lane] ?? Promise.resolve()).then(work);
    ends[lane] = run.catch(() => undefined);
    return run;
  };
}

export function faultSuite<Fault extends string>(
  rows: readonly FaultRow<Fault>[],
  open: (fault: Fault, deadlines: Deadlines) => Promise<FaultySide>,
  secret: string,
): void {
  setDefaultTimeout(60_000);
  const inTurn = createTurns();
  test.concurrent.each(rows.map((row) => [row.fault, row] as const))(
    "if the generator's server has the fault %s, a piece gets the expected error and sound, and no connection stays open",
    (fault, row) =>
      inTurn(async () => {
        await using side = await open(fault, deadlinesOf(row));
        const { failure, madeMs } = await outcomeOf(side.generator);
        if (row.says === undefined) {
          expect(failure).toBeUndefined();
        } else {
          expect(failure).toBeInstanceOf(AppError);
          const { code, publicMessage, hint } = failure as AppError;
          expect([code, publicMessage.slice(0, row.says.length)]).toEqual([
            row.code ?? "GENERATION_FAILED",
            row.says,
          ]);
          expect(JSON.stringify([publicMessage, hint])).not.toContain(secret);
        }
        expect(madeMs / 1000).toBeGreaterThanOrEqual(row.seconds ?? (row.says === undefined ? 9.9 : 0));
        expect(madeMs / 1000).toBeLessThanOrEqual(10.1);
        if (row.starts === "several") expect(side.starts()).toBeGreaterThan(1);
        else expect(side.starts()).toBe(row.starts ?? 1);
        await until("nothing stays open on the generator's server", () => side.open() === 0);
      }),
  );
}
