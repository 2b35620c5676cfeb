// Parses the address of the operator's own generator, such as "http://127.0.0.1:8008" or
// "https://music.example/api?delivery=body".

export const deliveryKinds = ["body", "stream", "mongodb"] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

export interface GeneratorAddress {
  /** The address without its query and fragment, and without a slash at the end. */
  readonly base: string;
  /** The requested delivery. If undefined, the best delivery that both Rondo and the generator support is used. */
  readonly delivery: DeliveryKind | undefined;
}

/**
 * Returns the parsed address. If the address can't work, returns a sentence with the reason. An address that has a
 * parameter other than `delivery` can't work.
 */
export function findAddress(location: string): GeneratorAddress | string {
  const url = URL.parse(location);
  if (url === null || url.hostname === "") return "The address has no host.";
  if (url.username !== "" || url.password !== "")
    return "The address contains a user or a password; sign the calls with RONDO_GENERATOR_SECRET instead.";
  const unknown = [...url.searchParams.keys()].find((name) => name !== "delivery");
  if (unknown !== undefined)
    return `The parameter ${unknown} is not known. The only known parameter is delivery.`;
  const delivery = url.searchParams.get("delivery") ?? undefined;
  if (delivery !== undefined && !isDelivery(delivery))
    return `delivery is one of ${deliveryKinds.join(", ")}, not "${delivery}".`;
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, delivery };
}

const isDelivery = (text: string): text is DeliveryKind => deliveryKinds.some((kind) => kind === text);
