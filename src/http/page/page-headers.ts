// Creates the headers that limit which resources a page is allowed to load, and which features of the browser the page
// is allowed to use.
import { createHash } from "node:crypto";

/**
 * The value of the Permissions-Policy header. It turns off features of the browser that the page doesn't
 * use, so an injected script can't use these features either.
 */
export const permissionsPolicy = [
  ...["accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer"],
  ...["microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb"],
  "xr-spatial-tracking",
]
  .map((feature) => `${feature}=()`)
  .join(", ");

/** Returns the headers of a page. `soundOrigin` is the origin of stored sound; empty if this server sends the sound. */
export const pageHeaders = (html: Uint8Array, soundOrigin: string): Readonly<Record<string, string>> => ({
  "content-security-policy": policyOf(html, soundOrigin),
  "permissions-policy": permissionsPolicy,
  "cross-origin-opener-policy": "same-origin",
});

/**
 * Returns the content security policy. All resources must come from this server. There are two exceptions: stored
 * sound, and pictures and sound that the page itself creates. Of the inline styles, the <style> elements of `html` are
 * allowed: the policy contains the hash of each <style> element that has no attributes.
 */
function policyOf(html: Uint8Array, soundOrigin: string): string {
  const sources = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": ["'self'", ...hashesOfStyles(html)].join(" "),
    "font-src": "'self'",
    // blob: and data: are used for pictures that the page draws itself.
    "img-src": "'self' data: blob:",
    "connect-src": `'self' ${soundOrigin}`,
    // Media Source plays sound from a blob: URL.
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
