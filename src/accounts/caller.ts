// The caller of a request, from its credential alone.

export type UserCaller = { readonly kind: "user"; readonly businessId: string; readonly userId: string };
export type BusinessCaller = {
  readonly kind: "business";
  readonly businessId: string;
  readonly keyId: string;
};
type OperatorCaller = { readonly kind: "operator" };
export type Caller = UserCaller | BusinessCaller | OperatorCaller;
