// Provides what all routes share: the context of a request, reading JSON bodies, and checks of the caller.
import type { Context } from "hono";
import type { z } from "zod";
import type { BusinessCaller, Caller, UserCaller } from "../accounts/caller.ts";
import { type KeyScope, requireScope } from "../businesses/secrets/key-scopes.ts";
import { AppError, type Fault } from "../errors.ts";
import { readJsonBody, unstorableTexts } from "./requests/json-body.ts";

export interface HttpEnv {
  /** The values that the server passes with each request. */
  Bindings: {
    readonly requestIP?: (request: Request) => { readonly address: string } | null;
  };
  Variables: {
    requestId: string;
    caller: Caller | undefined;
  };
}

export type HttpContext = Context<HttpEnv>;

/**
 * Reads the body, checks it with the schema, and returns the result of the schema. Throws the errors of `readJsonBody`.
 * If the body contains texts that a database can't store, throws INVALID_PARAMETER with a fault for each such text.
 * Otherwise, if fields are invalid or unknown, throws INVALID_PARAMETER with a fault for each such field.
 */
export async function readJson<Schema extends z.ZodType>(
  c: HttpContext,
  schema: Schema,
): Promise<z.output<Schema>> {
  const { plain: body } = await readJsonBody(c.req.raw);
  const unstorable = unstorableTexts(body);
  if (unstorable.length > 0) throw badFields(unstorable);
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  throw badFields(checked.error.issues.flatMap(faultsOf));
}

const badFields = (faults: readonly Fault[]) =>
  new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", { faults });

/** Returns the faults of an issue: one for each unknown field, or one for an invalid field. */
export const faultsOf = (issue: z.core.$ZodIssue): Fault[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((key) => ({ at: pointer([...issue.path, key]), message: "There is no such parameter." }))
    : [{ at: pointer(issue.path), message: issue.message }];

/** Returns a JSON pointer (RFC 6901). */
const pointer = (path: readonly PropertyKey[]) =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

// `requireUser`, `requireBusiness`, `requireOperator`, `userOf` and `businessOf` throw UNAUTHENTICATED if there is no
// caller, and FORBIDDEN if the caller is of another kind. `requireBusiness` and `businessOf` also throw FORBIDDEN if
// the key of the business lacks `scope`.
export const requireUser = (c: HttpContext): UserCaller => userOf(c.get("caller"));
export const requireBusiness = (c: HttpContext, scope: KeyScope): BusinessCaller =>
  businessOf(c.get("caller"), scope);

export function userOf(caller: Caller | undefined): UserCaller {
  if (!caller) throw signIn("a user token or a session");
  if (caller.kind !== "user") throw wrongKind("a user token, minted with POST /v1/tokens");
  return caller;
}

export function businessOf(caller: Caller | undefined, scope: KeyScope): BusinessCaller {
  if (!caller) throw signIn("a business key");
  if (caller.kind !== "business") throw wrongKind("a business key (rk_…)");
  requireScope(caller, scope);
  return caller;
}

export function requireOperator(c: HttpContext): void {
  const caller = c.get("caller");
  if (!caller) throw signIn("the operator key");
  if (caller.kind !== "operator") throw wrongKind("the operator key");
}

const signIn = (what: string) =>
  new AppError("UNAUTHENTICATED", "This request needs a credential.", {
    hint: `Send ${what} as \`Authorization: Bearer …\`.`,
  });
const wrongKind = (what: string) =>
  new AppError("FORBIDDEN", "This credential can't be used here.", { hint: `Use ${what}.` });
