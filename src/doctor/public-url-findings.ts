// Whether the world reaches us where the settings say: by going there.
import { type Found, good, warning, wrong } from "../ports/found.ts";

const waitMs = 5_000;

interface PublicAddress {
  readonly publicUrl: string | undefined;
  readonly trustedProxies: number;
}

export async function publicUrlFindings({
  publicUrl,
  trustedProxies,
}: PublicAddress): Promise<readonly Found[]> {
  if (publicUrl === undefined) {
    return [good("Not set: the links in answers name no host, except on this machine.")];
  }
  const { protocol, hostname } = new URL(publicUrl);
  const isHere = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
  const inTheClear =
    protocol === "http:" && !isHere
      ? [
          warning(
            "It is http, so that sessions and keys can be read on the way.",
            "Put TLS in front, and write https://",
          ),
        ]
      : [];
  // Rondo itself serves plain HTTP, so an https URL means that a proxy is in front.
  const proxyUnknown =
    protocol === "https:" && trustedProxies === 0
      ? [
          warning(
            "It is https, so a proxy is in front, and RONDO_TRUSTED_PROXIES is 0: all callers seem to have the proxy's address, and share the limits of one.",
            "Set RONDO_TRUSTED_PROXIES to the number of your proxies, mostly 1.",
          ),
        ]
      : [];
  return [...inTheClear, ...proxyUnknown, await reached(publicUrl)];
}

async function reached(publicUrl: string): Promise<Found> {
  try {
    const answer = await fetch(`${publicUrl}/health`, { signal: AbortSignal.timeout(waitMs) });
    await answer.body?.cancel();
    return answer.ok
      ? good(`${publicUrl} leads here.`)
      : wrong(
          `${publicUrl}/health answers ${answer.status}: something else is there, or nothing behind it.`,
          "Let what stands there pass requests on to Rondo's PORT.",
        );
  } catch {
    return warning(
      `${publicUrl} cannot be reached from this machine.`,
      "Fine while Rondo is not running; else check its name, its certificate and what stands in front.",
    );
  }
}
