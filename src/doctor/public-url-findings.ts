// Checks RONDO_PUBLIC_URL: whether it is http or https, whether RONDO_TRUSTED_PROXIES fits, and
// whether a server answers at the URL.
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
    return [
      good(
        "It is not set. Only requests from this machine get links with a host; all other links begin with a slash.",
      ),
    ];
  }
  const { protocol, hostname } = new URL(publicUrl);
  const isHere = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
  const inTheClear =
    protocol === "http:" && !isHere
      ? [
          warning(
            "The URL is http, so sessions and keys can be read on the network.",
            "Put a proxy with TLS in front, and use https://",
          ),
        ]
      : [];
  // Rondo itself serves plain HTTP, so an https URL means that there is a proxy in front of it.
  const proxyUnknown =
    protocol === "https:" && trustedProxies === 0
      ? [
          warning(
            "The URL is https, so a proxy is in front, but RONDO_TRUSTED_PROXIES is 0: all callers appear with the proxy's address and share one rate limit.",
            "Set RONDO_TRUSTED_PROXIES to the number of your proxies, usually 1.",
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
      ? good(`${publicUrl}/health answers.`)
      : wrong(
          `${publicUrl}/health answers ${answer.status}: another server is there, or a proxy without Rondo behind it.`,
          "Configure the proxy there to forward requests to Rondo's PORT.",
        );
  } catch {
    return warning(
      `${publicUrl} cannot be reached from this machine.`,
      "This is fine while Rondo is not running. Otherwise check the host name, the certificate and the proxy.",
    );
  }
}
