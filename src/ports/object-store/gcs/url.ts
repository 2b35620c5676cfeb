// Parses the URL of a bucket: gs://bucket[/prefix], optionally with the parameters links=true and
// endpoint=https://….
import { AppError } from "../../../errors.ts";

export interface GcsPlace {
  readonly bucket: string;
  /** The prefix of every object's name. It is empty or ends with a slash. */
  readonly root: string;
  /** The origin of another server with the same API. Undefined means Google's own server. */
  readonly endpoint: string | undefined;
  /** Whether listeners read finished audio directly from the bucket through signed links. */
  readonly links: boolean;
}

// https://cloud.google.com/storage/docs/buckets#naming
const bucketPattern = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const prefixPattern = /^([a-zA-Z0-9][a-zA-Z0-9._-]{0,99}\/)*$/;

/** If `text` is not a valid URL of a bucket or has an unknown parameter, throws CONFIG_INVALID. */
export function parseGcsUrl(text: string): GcsPlace {
  const [, bucket = "", path = "", query = ""] = /^gs:\/\/([^/?]*)\/?([^?]*)\??(.*)$/.exec(text) ?? [];
  const root = path === "" ? "" : `${path.replace(/\/$/, "")}/`;
  const { endpoint, links = "false", ...others } = Object.fromEntries(new URLSearchParams(query));
  const isGood =
    bucketPattern.test(bucket) &&
    prefixPattern.test(root) &&
    Object.keys(others).length === 0 &&
    ["true", "false"].includes(links) &&
    (endpoint === undefined || (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)));
  if (!isGood) {
    const message = "This is not a bucket URL.";
    const hint = "Write it like gs://bucket or gs://bucket/folder, optionally with ?links=true";
    throw new AppError("CONFIG_INVALID", message, { faults: [{ at: "RONDO_OBJECTS_URL", message, hint }] });
  }
  return { bucket, root, endpoint: endpoint && new URL(endpoint).origin, links: links === "true" };
}
