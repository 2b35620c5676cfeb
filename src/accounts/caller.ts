// Defines the caller of a request. Only the credential of the request determines the caller.

import type { KeyScope } from "../businesses/secrets/key-scopes.ts";

export type UserCaller = { readonly kind: "user"; readonly businessId: string; readonly userId: string };
export type BusinessCaller = {
  readonly kind: "business";
  readonly businessId: string;
  readonly keyId: string;
  /** The scopes of the business's key. If undefined, the key has all rights of the business. */
  readonly scopes?: readonly KeyScope[];
};
type OperatorCaller = { readonly kind: "operator" };
export type Caller = UserCaller | BusinessCaller | OperatorCaller;
