// Makes the headers that limit what a page may load, and what a browser lets the page do.
import { createHash } from "node:crypto";

/** Features that the page never uses. The browser refuses them also to a script that somebody smuggled in. */
export const permissionsPolicy = [
  ...["accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer"],
  ...["microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb"],
  "xr-spatial-tracking",
]
  .map((feature) => `${feature}=()`)
  .join(", ");

/** `soundOrigin`: the origin of stored sound; empty if it is this server. */
export const pageHeaders = (html: Uint8Array, soundOrigin: string): Readonly<Record<string, string>> => ({
  "content-security-policy": policyOf(html, soundOrigin),
  "permissions-policy": permissionsPolicy,
  "cross-origin-opener-policy": "same-origin",
});

/** Everything comes from this server, except stored sound. Of the styles in the HTML, only those that the server wrote are allowed, by their hash. */
function policyOf(html: Uint8Array, soundOrigin: string): string {
  const sources = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": ["'self'", ...hashesOfStyles(html)].join(" "),
    "font-src": "'self'",
    // blob: and data: are pictures that the page draws itself.
    "img-src": "'self' data: blob:",
    "connect-src": `'self' ${soundOrigin}`,
    // blob: is the address of Media Source.
    "media-src": `'self' blob: ${soundOrigin}`,
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(sources)
    .map(([name, value]) => `${name} ${value.trim()}`)
    .join("; ");
}

const known = new WeakMap<Uint8Array, readonly string[]>();

function hashesOfStyles(html: Uint8Array): readonly string[] {
  const found = known.get(html);
  if (found) return found;
  const hashes = [...new TextDecoder().decode(html).matchAll(/<style>(.*?)<\/style>/gs)].map(
    ([, style = ""]) => `'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  );
  known.set(html, hashes);
  return hashes;
}
