// Answers a repeated write with the stored result of the first write. For 24 hours, the caller and
// the Idempotency-Key identify this result. The write and its result are stored in one transaction,
// so either both are stored or neither is.
import { createHash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Caller } from "../../../accounts/caller.ts";
import { counted } from "../../../counted.ts";
import { AppError } from "../../../errors.ts";

/** A write that a client may repeat. */
export interface RepeatableWrite {
  /** The hash of the caller and the Idempotency-Key. */
  readonly id: string;
  readonly userId: string | null;
  readonly requestHash: string;
  /** The time in RFC 3339, in UTC. */
  readonly now: string;
}

export interface RepeatableRequest {
  readonly caller: Caller;
  readonly key: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly now: string;
}

const storedHours = 24;
const answerBytesMax = 65_536;
const perCallerMax = 1_000;
/** Each write with a key deletes at most this many expired results, also of other callers, to keep the table small. */
const removedPerWrite = 20;

export const repeatableWriteOf = ({
  caller,
  key,
  name,
  parameters,
  now,
}: RepeatableRequest): RepeatableWrite => {
  const userId = caller.kind === "user" ? caller.userId : null;
  return {
    id: hashOf(`${caller.kind}\n${userId ?? ""}\n${key}`),
    userId,
    requestHash: hashOf(`${name}\n${JSON.stringify(parameters)}`),
    now,
  };
};

/**
 * Returns the stored result of the same request. If no result is stored, returns undefined and reserves the key:
 * another transaction with this key waits until this transaction has ended. The caller must then do the write and call
 * `storeAnswer` in the same transaction; otherwise an empty result is stored.
 * Errors: IDEMPOTENCY_MISMATCH, if the key was used for another request; TOO_MANY_REQUESTS, if the key is new and 1,000
 * other keys of the user are stored. All callers without a user together count as one user.
 */
export async function findAnswer<Tables>(
  trx: Transaction<Tables>,
  { id, userId, requestHash, now }: RepeatableWrite,
): Promise<string | undefined> {
  await sql`delete from "repeatableWrites" where "id" in
    (select "id" from "repeatableWrites" where "expiresAt" < ${now} order by "expiresAt" limit ${removedPerWrite})`.execute(
    trx,
  );
  await sql`delete from "repeatableWrites" where "id" = ${id} and "expiresAt" < ${now}`.execute(trx);
  const expiresAt = new Date(Date.parse(now) + storedHours * 3_600_000).toISOString();
  const { numAffectedRows } =
    await sql`insert into "repeatableWrites" ("id", "userId", "requestHash", "answer", "expiresAt")
    values (${id}, ${userId}, ${requestHash}, '', ${expiresAt}) on conflict ("id") do nothing`.execute(trx);
  if (numAffectedRows === 1n) {
    await refuseTooMany(trx, userId, now);
    return undefined;
  }
  const found = await sql<{ requestHash: string; answer: string }>`select "requestHash", "answer"
    from "repeatableWrites" where "id" = ${id}`.execute(trx);
  const [stored] = found.rows;
  if (stored?.requestHash === requestHash) return stored.answer;
  throw new AppError("IDEMPOTENCY_MISMATCH", "This Idempotency-Key was used for another request.", {
    hint: "Use a new key for a new request; repeat a key only with the same body.",
  });
}

async function refuseTooMany<Tables>(
  trx: Transaction<Tables>,
  userId: string | null,
  now: string,
): Promise<void> {
  const mine = userId === null ? sql`"userId" is null` : sql`"userId" = ${userId}`;
  // The table can still contain expired results, because each write deletes only a few of them.
  const { rows } = await sql<{ total: number }>`select count(*) as "total" from "repeatableWrites"
    where ${mine} and "expiresAt" >= ${now}`.execute(trx);
  if (Number(rows[0]?.total) <= perCallerMax) return;
  throw new AppError(
    "TOO_MANY_REQUESTS",
    `For each user, at most ${counted(perCallerMax, "write")} with an Idempotency-Key are stored for ${storedHours} hours. All callers without a user together count as one user.`,
    {
      hint: "Send the write without the key, or wait until older keys expire after 24 hours.",
      retryAfterSeconds: 3_600,
    },
  );
}

/**
 * Stores the result under the key that `findAnswer` reserved. Throws RESULT_TOO_LARGE if the result
 * has more than 65,536 bytes.
 */
export async function storeAnswer<Tables>(
  trx: Transaction<Tables>,
  { id }: RepeatableWrite,
  answer: string,
): Promise<void> {
  if (Buffer.byteLength(answer) > answerBytesMax) {
    throw new AppError(
      "RESULT_TOO_LARGE",
      `With an Idempotency-Key an answer may have at most ${answerBytesMax} bytes.`,
      {
        hint: "Send the write without the key, or with fewer rows.",
      },
    );
  }
  await sql`update "repeatableWrites" set "answer" = ${answer} where "id" = ${id}`.execute(trx);
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64url");
