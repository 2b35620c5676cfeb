// Lets only one command at a time move a store. The control database contains the id of this command, and the command's
// notes about unfinished work. After a crash, a later command reads the notes and continues.
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import { storeSettingOnce } from "../../businesses/tables/stored-setting.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";

export type MovedStore = "objects" | "chunks" | "jobs";

export interface HeldMove<Note> {
  /** The notes that an earlier command stored, and did not remove before it ended or was killed. */
  readonly left: readonly Note[];
  /**
   * Replaces the notes. They are durable when the promise resolves. Throws CONFLICT if another
   * command has taken over, which is possible if this command could not renew its right for five
   * seconds.
   */
  note(notes: readonly Note[]): Promise<void>;
  /**
   * Allows other commands to work on the move. The notes stay stored. Never rejects: if the release
   * can't be stored, the right expires within five seconds.
   */
  release(): Promise<void>;
}

interface MoveRecord {
  readonly holder: string;
  readonly heldUntilMs: number;
  readonly notes: readonly unknown[];
}

type Control = Pick<Database<ControlTables>, "kysely">;

/**
 * If a command has not renewed its right for this time, for example because it was killed, another
 * command can take over.
 */
const holdMs = 5_000;
const renewMs = 1_000;
const tryAgainMs = 250;

const moveSetting = (store: MovedStore): string => `move/${store}`;

/**
 * Takes the right to move a store, and renews the right until `release`. Only one command at a time can have this
 * right. If another command has the right, waits until that command releases the right, or no longer renews it. After
 * ten seconds of waiting, throws CONFLICT.
 */
export async function holdMove<Note>(control: Control, store: MovedStore): Promise<HeldMove<Note>> {
  const name = moveSetting(store);
  const holder = randomUUID();
  let text = "";

  const textWith = (notes: readonly unknown[], heldUntilMs = Date.now() + holdMs): string =>
    JSON.stringify({ holder, heldUntilMs, notes } satisfies MoveRecord);

  async function replace(next: string): Promise<boolean> {
    const { numUpdatedRows } = await control.kysely
      .updateTable("settings")
      .set({ value: next })
      .where("name", "=", name)
      .where("value", "=", text)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows > 0n) text = next;
    return numUpdatedRows > 0n;
  }

  async function take(): Promise<readonly unknown[] | undefined> {
    const empty = JSON.stringify({ holder: "", heldUntilMs: 0, notes: [] } satisfies MoveRecord);
    const value = await storeSettingOnce(control, { name, value: empty });
    const { heldUntilMs, notes } = JSON.parse(value) as MoveRecord;
    text = value;
    // A time that is too far in the future comes from a clock that was wrong, so it is ignored.
    if (heldUntilMs > Date.now() && heldUntilMs <= Date.now() + holdMs) return undefined;
    return (await replace(textWith(notes))) ? notes : undefined;
  }

  let notes = await take();
  for (const triesEndAt = Date.now() + 2 * holdMs; notes === undefined; notes = await take()) {
    if (Date.now() > triesEndAt) throw takenOver();
    await setTimeout(tryAgainMs);
  }
  const left = notes as readonly Note[];
  let current: readonly unknown[] = left;
  // Each change replaces the record only if it still has the text of the previous change (`replace`). So the changes
  // must run one after the other.
  let turn: Promise<unknown> = Promise.resolve();
  const change = (next: () => string): Promise<void> => {
    const changed = turn.then(async () => {
      if (!(await replace(next()))) throw takenOver();
    });
    turn = changed.catch(() => undefined);
    return changed;
  };
  const renewing = setInterval(() => void change(() => textWith(current)).catch(() => undefined), renewMs);
  renewing.unref();

  return {
    left,
    note(next) {
      current = next;
      return change(() => textWith(next));
    },
    async release() {
      clearInterval(renewing);
      await change(() => textWith(current, 0)).catch(() => undefined);
    },
  };
}

const takenOver = (): AppError =>
  new AppError("CONFLICT", "Another command is moving this store.", {
    hint: "Wait until the move has ended.",
    retryAfterSeconds: 10,
  });
