// Calls a named query for a caller: by GET, by POST and by the Model Context Protocol.
import type { BusinessCaller, Caller, UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { requireScope } from "../businesses/secrets/key-scopes.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { AppError, isAppError, notFound } from "../errors.ts";
import { andThen, type MaybePromise } from "../maybe-promise.ts";
import type { BusinessSpecs } from "../apps/business-specs.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import type { Database } from "../ports/database/database.ts";
import type { QuerySet } from "../queries/run/query-set.ts";
import type { LiveUsage } from "../usage/live-usage.ts";
import { type QueryAnswer, type QueryCall, runQuery } from "../queries/run/run-query.ts";

export interface CallQueryDeps {
  readonly specs: Pick<BusinessSpecs, "current" | "of" | "forget">;
  readonly registry: Pick<BusinessRegistry, "factById">;
  readonly databases: Pick<OpenDatabases, "use">;
  /** Returns a fingerprint of an answer for its ETag; SHA-1 when absent. */
  readonly digest?: ((text: string) => string) | undefined;
}

export interface CountedQueryDeps extends CallQueryDeps {
  readonly usage: Pick<LiveUsage, "countQuery">;
}

/** Counts the query. The errors are those of `runQuery`, and QUOTA_REACHED. */
export const callQuery = (
  deps: CountedQueryDeps,
  caller: UserCaller | BusinessCaller,
  call: QueryCall,
): MaybePromise<QueryAnswer> => {
  deps.usage.countQuery(caller);
  return deps.databases.use(caller.businessId, (database) => callQueryOn(deps, database, caller, call));
};

/** Does the same on an open database. Returns no promise if the database answers at once. */
export const callQueryOn = (
  deps: CallQueryDeps,
  database: Database<BusinessTables>,
  caller: UserCaller | BusinessCaller,
  call: QueryCall,
  /** The owner of the app in the database: the business, or a preview of it. */
  appOwnerId = caller.businessId,
): MaybePromise<QueryAnswer> =>
  andThen(deps.specs.of(appOwnerId, database), (set) =>
    set === deps.specs.current
      ? callQueryOf(deps, set, database, caller, call)
      : callOwnQuery(deps, { set, appOwnerId }, database, caller, call),
  );

/** Another process may have changed the tables of the business a moment ago: then the query is read and run again. */
async function callOwnQuery(
  deps: CallQueryDeps,
  { set, appOwnerId }: { readonly set: QuerySet; readonly appOwnerId: string },
  database: Database<BusinessTables>,
  caller: UserCaller | BusinessCaller,
  call: QueryCall,
): Promise<QueryAnswer> {
  try {
    return await callQueryOf(deps, set, database, caller, call);
  } catch (err) {
    // The engine refused the statement, so nothing was changed.
    if (!isAppError(err, "INTERNAL")) throw err;
    deps.specs.forget(appOwnerId);
    const present = await deps.specs.of(appOwnerId, database);
    if (present === set) throw err;
    return callQueryOf(deps, present, database, caller, call);
  }
}

function callQueryOf(
  { registry, digest }: CallQueryDeps,
  set: QuerySet,
  database: Database<BusinessTables>,
  caller: UserCaller | BusinessCaller,
  call: QueryCall,
): MaybePromise<QueryAnswer> {
  const run = (cursorKey: Uint8Array) => runQuery({ set, database, cursorKey, digest }, caller, call);
  // Only pages need the business itself: their cursors are signed with its key.
  if (set.queries.get(call.name)?.returns !== "page") return run(noKey);
  return andThen(registry.factById(caller.businessId), ({ value: business }) => {
    if (business === undefined) throw notFound("business");
    return run(business.signing.cursors);
  });
}

/** The queries that this caller's business has. */
export const queriesOf = async (
  { specs, databases }: Pick<CallQueryDeps, "specs" | "databases">,
  { businessId }: UserCaller | BusinessCaller,
): Promise<QuerySet> => databases.use(businessId, (database) => specs.of(businessId, database));

const noKey = new Uint8Array(32);

/** Returns the caller if it is a user or a business. Which of them may call a query depends on the query. */
export function queryCallerOf(caller: Caller | undefined): UserCaller | BusinessCaller {
  if (caller === undefined) {
    throw new AppError("UNAUTHENTICATED", "This request needs a credential.", {
      hint: "Send a user token, a session or a business key.",
    });
  }
  if (caller.kind === "business") requireScope(caller, "queries");
  if (caller.kind !== "operator") return caller;
  throw new AppError("FORBIDDEN", "This credential can't be used here.", {
    hint: "A query reads one business: use a business key or a user token.",
  });
}
