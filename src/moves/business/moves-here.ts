// Runs moves of businesses in the background of this process, and remembers their progress for the operator.
import { AppError, isAppError } from "../../errors.ts";
import type { StoreUrl } from "../../ports/store-url.ts";
import { type DryRunTable, dryRun } from "./dry-run.ts";
import { cancelMove, finishMove, moveBack } from "./end-move.ts";
import { engineOf } from "./move-address.ts";
import { moveBusiness, type MoveDeps, type MoveReport } from "./move-business.ts";
import { findMove, findMovedBusiness } from "./move-record.ts";
import type { MoveEvent } from "./progress.ts";

type MoveAction = "dryRun" | "move" | "back" | "finish" | "cancel";

interface MoveProgress {
  readonly action: MoveAction;
  readonly state: "running" | "done" | "failed";
  /** The latest step; null before the first step. */
  readonly step: Extract<MoveEvent, { event: "step" }>["step"] | null;
  readonly rows: Omit<Extract<MoveEvent, { event: "rows" }>, "event"> | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** The result of the action "move" or "back"; null for other actions, and until the action has succeeded. */
  readonly report: MoveReport | null;
  /** The result of the action "dryRun"; null for other actions, and until the action has succeeded. */
  readonly tables: readonly DryRunTable[] | null;
  readonly fault: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}

/** What the control database stores about a move. All processes and the command line read it. */
interface RecordedMove {
  readonly step: "begun" | "copying" | "switched" | "returning";
  /**
   * The engine of the database that the business does not use now: of the new database before the
   * switch, of the former database after the switch.
   */
  readonly engine: string;
  readonly copiedTables: number;
  /** The time of the last change of `step`. */
  readonly since: string;
}

export interface MoveState {
  /** The latest action in this process; null if no action was started since the process started. */
  readonly progress: MoveProgress | null;
  /** null: the business is not moving, and has no former database. */
  readonly record: RecordedMove | null;
}

export interface MovesHere {
  /**
   * Starts an action and does not wait for its end. Errors before the start:
   * - NOT_FOUND: the business does not exist.
   * - CONFLICT: another action for the business still runs in this process.
   * - INVALID_PARAMETER: a required address is missing.
   *
   * If the action fails later, `progress.fault` has the error. For example, the action fails if another process works
   * on the same move. After the start, the state is read from the control database. If this read fails, the method
   * rejects, and the action continues.
   */
  begin(slug: string, action: MoveAction, addresses: MoveAddresses): Promise<MoveState>;
  stateOf(slug: string): Promise<MoveState>;
  /** Resolves when all actions that are running now in this process have ended. Never rejects. */
  settled(): Promise<void>;
}

interface MoveAddresses {
  /** The address of the new database. A dry run and a move require it. */
  readonly to?: StoreUrl | undefined;
  /**
   * The URL of the database server that the business uses now, with an administrator's credentials. It is needed if the
   * settings of Rondo have no such URL.
   */
  readonly admin?: StoreUrl | undefined;
}

export interface MovesHereDeps extends Pick<MoveDeps, "control" | "sealing"> {
  open(addresses: readonly StoreUrl[]): Omit<MoveDeps, "onEvent"> & { close(): Promise<void> };
  readonly log: { error(facts: object, message: string): void };
}

const actor = "operator";

export function createMovesHere(deps: MovesHereDeps): MovesHere {
  const latest = new Map<string, MoveProgress>();
  const running = new Set<Promise<void>>();

  async function stateOf(slug: string): Promise<MoveState> {
    const { id } = await findMovedBusiness(deps, slug);
    const move = await findMove(deps, id);
    const record =
      move === undefined
        ? null
        : {
            ...{ step: move.step, engine: move.engine, copiedTables: move.copied.length },
            since: new Date(move.changedAtMs).toISOString(),
          };
    return { progress: latest.get(id) ?? null, record };
  }

  return {
    stateOf,
    async begin(slug, action, { to, admin }) {
      const { id } = await findMovedBusiness(deps, slug);
      if (latest.get(id)?.state === "running") throw isRunning();
      if (to === undefined && (action === "move" || action === "dryRun")) throw noAddress();
      const note = (change: Partial<MoveProgress>) => latest.set(id, { ...latest.get(id)!, ...change });
      latest.set(id, { ...notBegun, action, startedAt: new Date().toISOString() });
      const opened = deps.open([to, admin].filter((address) => address !== undefined));
      const onEvent = (event: MoveEvent): void => {
        if (event.event === "step") return void note({ step: event.step });
        const { event: _, ...rows } = event;
        note({ rows });
      };
      const work = run({ ...opened, onEvent }, { slug, action, to })
        .then(
          (result) => note({ ...result, state: "done" }),
          (err: unknown) => {
            if (!isAppError(err)) deps.log.error({ err, slug, action }, "a move failed");
            note({ state: "failed", fault: faultOf(err) });
          },
        )
        .then(() => note({ endedAt: new Date().toISOString() }))
        .then(() => opened.close())
        .finally(() => running.delete(work));
      running.add(work);
      return stateOf(slug);
    },
    async settled() {
      await Promise.allSettled(running);
    },
  };
}

const notBegun: Pick<MoveProgress, "state" | "step" | "rows" | "endedAt" | "report" | "tables" | "fault"> = {
  state: "running",
  step: null,
  rows: null,
  endedAt: null,
  report: null,
  tables: null,
  fault: null,
};

interface Run {
  readonly slug: string;
  readonly action: MoveAction;
  readonly to: StoreUrl | undefined;
}

async function run(deps: MoveDeps, { slug, action, to }: Run): Promise<Partial<MoveProgress>> {
  switch (action) {
    case "dryRun":
      return { tables: await dryRun(deps, { slug, engine: engineOf(to!) }) };
    case "move":
      return { report: await moveBusiness(deps, actor, { slug, engine: engineOf(to!) }) };
    case "back":
      return { report: await moveBack(deps, actor, slug) };
    case "finish":
      await finishMove(deps, slug);
      return {};
    case "cancel":
      await cancelMove(deps, slug);
      return {};
  }
}

function faultOf(err: unknown): NonNullable<MoveProgress["fault"]> {
  if (err instanceof AppError) return { code: err.code, message: err.publicMessage, hint: err.hint ?? null };
  return {
    code: "INTERNAL",
    message: "The move failed because of an error in the server.",
    hint: "The log of the server has the cause.",
  };
}

const isRunning = (): AppError =>
  new AppError("CONFLICT", "This process is working on a move of the business.", {
    hint: "Wait until the move has ended.",
    retryAfterSeconds: 10,
  });

const noAddress = (): AppError =>
  new AppError("INVALID_PARAMETER", "The address of the new database is missing.", {
    faults: [
      {
        at: "/to",
        message: "The address is missing.",
        hint: "Use postgres://admin@host/database, neon:<project-id> or sqlite:",
      },
    ],
  });
