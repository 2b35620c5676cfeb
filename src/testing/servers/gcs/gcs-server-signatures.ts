// Verifies the signer, the expiry and the V4 signature of a signed URL. The code follows Google's public description
// and uses nothing of @google-cloud/storage, which signs the URLs.
// https://cloud.google.com/storage/docs/authentication/canonical-requests
import { createHash, createVerify } from "node:crypto";

export function isSignatureGood(
  req: Request,
  url: URL,
  signer: { readonly email: string; readonly publicKey: string },
): boolean {
  const query = new Map(url.searchParams);
  const signature = query.get("X-Goog-Signature") ?? "";
  query.delete("X-Goog-Signature");
  const [email, ...scope] = (query.get("X-Goog-Credential") ?? "").split("/");
  const date = query.get("X-Goog-Date") ?? "";
  const signedHeaders = query.get("X-Goog-SignedHeaders") ?? "";
  const ends = readDate(date) + Number(query.get("X-Goog-Expires")) * 1_000;
  if (!/^\d+$/.test(query.get("X-Goog-Expires") ?? "") || email !== signer.email || !(Date.now() < ends))
    return false;

  const canonicalQuery = [...query]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join("&");
  const headers = signedHeaders
    .split(";")
    // The port is left out, because the host of the real server has none.
    .map((name) => `${name}:${name === "host" ? url.hostname : (req.headers.get(name) ?? "")}\n`)
    .join("");
  const canonical = [
    req.method,
    url.pathname,
    canonicalQuery,
    headers,
    signedHeaders,
    "UNSIGNED-PAYLOAD",
  ].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const text = ["GOOG4-RSA-SHA256", date, scope.join("/"), hash].join("\n");
  return createVerify("RSA-SHA256").update(text).verify(signer.publicKey, signature, "hex");
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Parses a date such as 20261122T080000Z. */
const readDate = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
