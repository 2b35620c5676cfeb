// Whether the world reaches us where the settings say: by going there.
import { type Found, good, warning, wrong } from "./finding.ts";

const waitMs = 5_000;

export async function publicUrlFindings(publicUrl: string | undefined): Promise<readonly Found[]> {
  if (publicUrl === undefined) {
    return [good("Not set: the links in answers take the address that was asked.")];
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
  return [...inTheClear, await reached(publicUrl)];
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
