// Stores a record in the control database for each business that is being moved to another engine.
// Only one command at a time is allowed to work on a move.
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import type { ControlTables, MoveStep } from "../../businesses/tables/control-schema.ts";
import type { Sealing } from "../../businesses/secrets/sealing.ts";
import { credentialsContext, moveContext } from "../../businesses/databases/open-databases.ts";
import { AppError, notFound } from "../../errors.ts";
import type {
  BusinessCredentials,
  BusinessEngine,
} from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../../ports/database/database.ts";

export interface MovedBusiness {
  readonly id: string;
  readonly slug: string;
  readonly engine: BusinessEngine;
  readonly credentials: BusinessCredentials;
}

export interface Move {
  readonly step: MoveStep;
  /**
   * Before `swap`, the engine of the new database. After `swap`, the engine of the former database.
   */
  readonly engine: BusinessEngine;
  /**
   * Before `swap`, the credentials of the new database, or undefined if they are not recorded yet.
   * After `swap`, the credentials of the former database.
   */
  readonly credentials: BusinessCredentials | undefined;
  /** The names of the tables that are completely copied. */
  readonly copied: readonly string[];
  /** The time of the last change of `step`. */
  readonly changedAtMs: number;
}

/** The value of `heldUntil` in a move that no command holds. */
export const released = new Date(0).toISOString();

/**
 * The hold of a command on a move: the exclusive right to work on the move. This process renews the
 * hold every second. The hold ends with `release`. If the hold was not renewed for five seconds,
 * another command can take over.
 */
export interface HeldMove {
  /** Throws CONFLICT if another command has taken over or the record was removed. */
  read(): Promise<Move>;
  /** Throws CONFLICT if another command has taken over or the record was removed. */
  update(change: MoveChange): Promise<void>;
  /**
   * Swaps the two databases in one transaction: the business uses the new database from now on, and
   * the record has the former database. Throws CONFLICT and changes nothing if another command has
   * taken over, if the record has no credentials, or if the credentials of the business have
   * changed.
   */
  swap(actor: string): Promise<void>;
  /** Deletes the record of the move. If another command has taken over, does nothing. */
  remove(): Promise<void>;
  /** Ends the renewals, and allows other commands to work on the move. Must also be called after `remove`. */
  release(): Promise<void>;
  /** Ends the renewals, as if this process had been killed: the hold ends within five seconds. */
  letExpire(): void;
}

interface MoveChange {
  readonly step?: MoveStep;
  readonly credentials?: BusinessCredentials;
  readonly copied?: readonly string[];
}

interface RecordDeps {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
}

/** A hold that was not renewed for this time has ended. Another command can then take over the move. */
const holdMs = 5_000;
const renewMs = 1_000;
const tryAgainMs = 250;

/** Finds the business, whether active or not, by its present slug. Throws NOT_FOUND for an unknown slug. */
export async function findMovedBusiness(
  { control, sealing }: RecordDeps,
  slug: string,
): Promise<MovedBusiness> {
  const row = await control.kysely
    .selectFrom("businesses")
    .select(["id", "slug", "engine", "credentials"])
    .where("slug", "=", slug)
    .executeTakeFirst();
  if (row === undefined) throw notFound("business");
  const plain = sealing.open(row.credentials, credentialsContext(row.id));
  return { ...row, credentials: JSON.parse(Buffer.from(plain).toString()) };
}

export async function findMove(
  { control, sealing }: RecordDeps,
  businessId: string,
): Promise<Move | undefined> {
  const row = await control.kysely
    .selectFrom("businessMoves")
    .selectAll()
    .where("businessId", "=", businessId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const plain =
    row.credentials && Buffer.from(sealing.open(row.credentials, moveContext(businessId))).toString();
  return {
    step: row.step,
    engine: row.engine,
    credentials: plain ? (JSON.parse(plain) as BusinessCredentials) : undefined,
    copied: JSON.parse(row.copied) as readonly string[],
    changedAtMs: Date.parse(row.changedAt),
  };
}

/**
 * Begins a move to `engine`, or continues the move that an interrupted command has begun. A move that is continued
 * keeps its own engine, and `engine` is ignored. If another command holds the move, this function waits up to ten
 * seconds for the end of that hold, and then throws CONFLICT.
 */
export async function holdMove(
  deps: RecordDeps,
  business: MovedBusiness,
  engine: BusinessEngine,
): Promise<HeldMove> {
  const { control, sealing } = deps;
  const holder = randomUUID();
  const heldUntil = () => new Date(Date.now() + holdMs).toISOString();
  const take = (now = new Date().toISOString()) =>
    control.kysely
      .insertInto("businessMoves")
      .values({
        ...{ businessId: business.id, step: "begun", engine, credentials: null, copied: "[]" },
        ...{ holder, heldUntil: heldUntil(), changedAt: now },
      })
      .onConflict((row) =>
        row
          .column("businessId")
          .doUpdateSet({ holder, heldUntil: heldUntil() })
          .where("businessMoves.heldUntil", "<", now),
      )
      .execute();

  const mine = () =>
    control.kysely
      .updateTable("businessMoves")
      .where("businessId", "=", business.id)
      .where("holder", "=", holder);
  const renew = async (): Promise<void> => {
    const { numUpdatedRows } = await mine().set({ heldUntil: heldUntil() }).executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw takenOver();
  };
  // The hold of a killed command expires within five seconds, so the loop tries for ten seconds.
  for (const triesEndAt = Date.now() + 2 * holdMs; ; await setTimeout(tryAgainMs)) {
    await take();
    const { numUpdatedRows } = await mine().set({ heldUntil: heldUntil() }).executeTakeFirstOrThrow();
    if (numUpdatedRows > 0n) break;
    if (Date.now() > triesEndAt) throw takenOver();
  }
  const renewing = setInterval(() => void renew().catch(() => undefined), renewMs);
  renewing.unref();

  const read = async (): Promise<Move> => {
    await renew();
    return (await findMove(deps, business.id))!;
  };

  return {
    read,
    async update({ step, credentials, copied }) {
      const { numUpdatedRows } = await mine()
        .set({
          ...(step && { step, changedAt: new Date().toISOString() }),
          ...(credentials && { credentials: sealed(credentials) }),
          ...(copied && { copied: JSON.stringify(copied) }),
        })
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw takenOver();
    },
    async swap(actor) {
      const { credentials } = await read();
      if (credentials === undefined) throw takenOver();
      const newSealed = sealing.seal(
        Buffer.from(JSON.stringify(credentials)),
        credentialsContext(business.id),
      );
      const at = new Date().toISOString();
      await control.transaction(async (trx) => {
        const moved = await trx
          .updateTable("businessMoves")
          .set({
            ...{ step: "switched" as const, changedAt: at, engine: business.engine },
            credentials: sealed(business.credentials),
          })
          .where("businessId", "=", business.id)
          .where("holder", "=", holder)
          .executeTakeFirstOrThrow();
        const own = await trx
          .selectFrom("businesses")
          .select("credentials")
          .where("id", "=", business.id)
          .executeTakeFirstOrThrow();
        // Another process can have sealed the credentials again under another master key. So the
        // content of the credentials is compared, and not the sealed text.
        if (opened(own.credentials, credentialsContext(business.id)) !== JSON.stringify(business.credentials))
          throw takenOver();
        const switched = await trx
          .updateTable("businesses")
          .set({ engine: credentials.engine, credentials: newSealed })
          .where("id", "=", business.id)
          .where("credentials", "=", own.credentials)
          .executeTakeFirstOrThrow();
        if (moved.numUpdatedRows === 0n || switched.numUpdatedRows === 0n) throw takenOver();
        await trx
          .insertInto("audit")
          .values({ id: uuidv7(), at, actor, action: "business.move", subject: business.id })
          .execute();
      });
    },
    async remove() {
      await control.kysely
        .deleteFrom("businessMoves")
        .where("businessId", "=", business.id)
        .where("holder", "=", holder)
        .execute();
    },
    async release() {
      clearInterval(renewing);
      await mine().set({ heldUntil: released }).execute();
    },
    letExpire: () => clearInterval(renewing),
  };

  function opened(text: string, context: string): string {
    return Buffer.from(sealing.open(text, context)).toString();
  }

  function sealed(credentials: BusinessCredentials): string {
    return sealing.seal(Buffer.from(JSON.stringify(credentials)), moveContext(business.id));
  }
}

const takenOver = (): AppError =>
  new AppError("CONFLICT", "Another command is working on the move of this business.", {
    hint: "Wait until the move has ended.",
    retryAfterSeconds: 10,
  });

export const hasChanged = (): AppError =>
  new AppError("CONFLICT", "Another command has changed this move meanwhile.", {
    hint: "Look at the present step of the move, and run the command again if it is still what you want.",
  });
