// Parses the address of a generator of the operator's own: "http://127.0.0.1:8008", "https://music.example/api?delivery=body".

export const deliveryKinds = ["body", "stream", "mongodb"] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

export interface GeneratorAddress {
  /** Without a slash at the end. */
  readonly base: string;
  /** Undefined: the best delivery that both sides support. */
  readonly delivery: DeliveryKind | undefined;
}

/** Returns a sentence about the fault if the address can't work. */
export function findAddress(location: string): GeneratorAddress | string {
  const url = URL.parse(location);
  if (url === null || url.hostname === "") return "It names no host.";
  if (url.username !== "" || url.password !== "")
    return "It has a user or a password in it; sign the calls with RONDO_GENERATOR_SECRET instead.";
  const delivery = url.searchParams.get("delivery") ?? undefined;
  if (delivery !== undefined && !isDelivery(delivery))
    return `delivery is one of ${deliveryKinds.join(", ")}, not "${delivery}".`;
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, delivery };
}

const isDelivery = (text: string): text is DeliveryKind => deliveryKinds.some((kind) => kind === text);
