// Calls a named query for a caller, for requests over HTTP (GET and POST) and over the Model
// Context Protocol.
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
  /** Returns a fingerprint of a result for its ETag. The default is SHA-1. */
  readonly digest?: ((text: string) => string) | undefined;
}

export interface CountedQueryDeps extends CallQueryDeps {
  readonly usage: Pick<LiveUsage, "countQuery">;
}

/**
 * Counts the call, then calls the query. A call whose query fails is counted, too. Errors:
 * QUOTA_REACHED, NOT_FOUND for a missing business, and the errors of `runQuery`.
 */
export const callQuery = (
  deps: CountedQueryDeps,
  caller: UserCaller | BusinessCaller,
  call: QueryCall,
): MaybePromise<QueryAnswer> => {
  deps.usage.countQuery(caller);
  return deps.databases.use(caller.businessId, (database) => callQueryOn(deps, database, caller, call));
};

/**
 * Calls the query on an open database, without counting the call. If the business has no app and
 * nothing has to be awaited, the result is not a promise.
 */
export const callQueryOn = (
  deps: CallQueryDeps,
  database: Database<BusinessTables>,
  caller: UserCaller | BusinessCaller,
  call: QueryCall,
  /** The id of the owner of the app in this database. The owner is the business or a preview of the business. */
  appOwnerId = caller.businessId,
): MaybePromise<QueryAnswer> =>
  andThen(deps.specs.of(appOwnerId, database), (set) =>
    set === deps.specs.current
      ? callQueryOf(deps, set, database, caller, call)
      : callOwnQuery(deps, { set, appOwnerId }, database, caller, call),
  );

/**
 * Calls a query of a business that has an app. A possible reason for the error INTERNAL is that another process has
 * changed the tables of the app. So after INTERNAL, the queries are read again. If the query has changed, the call is
 * repeated once.
 */
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
    // The engine refuses a statement that does not fit the changed tables. The error is INTERNAL, and
    // the call has changed no rows, so the call can be repeated.
    if (!isAppError(err, "INTERNAL")) throw err;
    deps.specs.forget(appOwnerId);
    const present = await deps.specs.of(appOwnerId, database);
    // If the query is the same object as before, the app has not changed, and the call would fail again.
    if (present.queries.get(call.name) === set.queries.get(call.name)) throw err;
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
  // The key of the business signs cursors, so only queries with pages need the business.
  if (set.queries.get(call.name)?.returns !== "page") return run(noKey);
  return andThen(registry.factById(caller.businessId), ({ value: business }) => {
    if (business === undefined) throw notFound("business");
    return run(business.signing.cursors);
  });
}

/** Returns the queries of the caller's business: the queries of Rondo and the queries of the business's app. */
export const queriesOf = async (
  { specs, databases }: Pick<CallQueryDeps, "specs" | "databases">,
  { businessId }: UserCaller | BusinessCaller,
): Promise<QuerySet> => databases.use(businessId, (database) => specs.of(businessId, database));

const noKey = new Uint8Array(32);

/**
 * Returns the caller if the caller is a user or a business. The query determines which of the two is
 * allowed to call the query. Without a caller, throws UNAUTHENTICATED. For the operator, and for a
 * business key without the scope "queries", throws FORBIDDEN.
 */
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
