// Finds the IP address to connect to for a URL that a business has supplied, and refuses addresses in inner networks.
// The connection is made to the checked address, because a second DNS look-up of the name could return another address.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { AppError, type ErrorCode } from "../errors.ts";

/** How to connect to the server of a URL. */
interface Dialled {
  /** The URL with an IP address in place of the name. */
  readonly url: string;
  readonly headers: { readonly host: string };
  /** The name that the server's certificate must contain. Absent if the URL contained an IP address. */
  readonly tls: { readonly serverName?: string };
}

/**
 * Throws an AppError if the address must not be called. If the look-up of the host name fails or
 * finds no IP address, throws an AppError with `retryAfterSeconds`. Throws a TypeError if the text
 * is not a URL.
 */
export type Dial = (url: string) => Promise<Dialled>;

/** The name of the called server in error messages, and the code of the errors. */
export interface Dialling {
  readonly code: ErrorCode;
  /** For example "this generator". */
  readonly what: string;
}

const generatorDialling: Dialling = { code: "GENERATION_FAILED", what: "this generator" };

/** Returns all IP addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

const resolveAll: Resolve = async (name) =>
  (await lookup(name, { all: true, order: "ipv4first" })).map(({ address }) => address);

/**
 * Returns a function that accepts a URL only if `isAllowed` accepts all IP addresses of the URL's
 * host. By default, only public addresses are allowed. If the host has several addresses, the
 * connection uses the first one; by default, this is an IPv4 address if there is any.
 * Example: `await createDialPublic()("https://music.example/health")` returns the URL `https://203.0.113.7/health`,
 * the headers and the name for the certificate.
 */
export const createDialPublic =
  (
    resolve: Resolve = resolveAll,
    isAllowed: (address: string) => boolean = isPublicAddress,
    dialling: Dialling = generatorDialling,
  ): Dial =>
  async (text) => {
    const url = new URL(text);
    const { host, hostname } = url;
    const name = hostname.replace(/^\[|\]$/g, "");
    const isName = isIP(name) === 0;
    const addresses = isName
      ? await resolve(name).catch((cause: unknown) => unresolved(dialling, cause))
      : [name];
    const [first] = addresses;
    if (first === undefined) throw unresolved(dialling);
    if (!addresses.every(isAllowed)) throw inner(dialling);
    url.hostname = isIP(first) === 6 ? `[${first}]` : first;
    return { url: url.href, headers: { host }, tls: isName ? { serverName: name } : {} };
  };

const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
/** The address of Azure's metadata and health server, which is in a public range. */
const azureWireServer = "168.63.129.16";

/**
 * Returns false for loopback, private, link-local, unique-local, shared, multicast, reserved and metadata addresses,
 * and for a string that is not an address.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  // `process` converts an IPv4 address within IPv6 (::ffff:127.0.0.1) to the IPv4 address.
  const address = ipaddr.process(text);
  if (address.range() !== "unicast" || address.toString() === azureWireServer) return false;
  return address.kind() === "ipv4" || (address as ipaddr.IPv6).match(globalUnicast);
}

const inner = ({ code, what }: Dialling): AppError =>
  new AppError(code, `The address of ${what} leads to an inner network.`, {
    hint: "Use an address that is reachable on the public internet.",
  });

function unresolved({ code, what }: Dialling, cause?: unknown): never {
  throw new AppError(code, `The name in the address of ${what} could not be resolved to an IP address.`, {
    hint: "Check the address and its DNS records.",
    retryAfterSeconds: 1,
    cause,
  });
}

/**
 * Returns a check that accepts public addresses and the addresses in the given networks (CIDR),
 * which can be inner networks that the operator allows. Throws if a network is not valid.
 */
export const allowsAlso = (networks: readonly string[]): ((address: string) => boolean) => {
  const ranges = networks.map((network) => ipaddr.parseCIDR(network));
  return (text) => isPublicAddress(text) || ranges.some((range) => isWithin(text, range));
};

function isWithin(text: string, [network, bits]: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return address.kind() === network.kind() && (address as ipaddr.IPv4).match(network as ipaddr.IPv4, bits);
}
