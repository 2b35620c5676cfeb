// Defines the caller of a request. The caller is determined by the credential alone.

import type { KeyScope } from "../businesses/secrets/key-scopes.ts";

export type UserCaller = { readonly kind: "user"; readonly businessId: string; readonly userId: string };
export type BusinessCaller = {
  readonly kind: "business";
  readonly businessId: string;
  readonly keyId: string;
  /** The scopes of the business's key. Undefined means that the key may do everything that a business may do. */
  readonly scopes?: readonly KeyScope[];
};
type OperatorCaller = { readonly kind: "operator" };
export type Caller = UserCaller | BusinessCaller | OperatorCaller;
