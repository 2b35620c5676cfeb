// Parses the URL of a bucket: s3://bucket[/folder][?endpoint=https://…][&region=…][&virtualHosted=true].
import { AppError } from "../../../errors.ts";

export interface S3Place {
  readonly bucket: string;
  /** The prefix of every object's name. It is empty or ends with a slash. */
  readonly root: string;
  /**
   * The endpoint. It is always passed to the client, because the client would otherwise use S3_ENDPOINT or
   * AWS_ENDPOINT from the environment.
   */
  readonly endpoint: string;
  readonly region: string;
  /**
   * Whether the bucket is part of the host name instead of the path. If it is, the host of `endpoint`
   * must already contain the bucket.
   */
  readonly virtualHosted: boolean;
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const rootPattern = /^([a-zA-Z0-9][a-zA-Z0-9._-]{0,99}\/)*$/;

/**
 * Returns undefined if the string is not the URL of a bucket, or if a parameter is unknown or has an invalid
 * value. If a parameter is repeated, its last value counts.
 */
export function findS3Place(text: string): S3Place | undefined {
  const [, bucket = "", path = "", query = ""] = /^s3:\/\/([^/?]*)\/?([^?]*)\??(.*)$/.exec(text) ?? [];
  const root = path === "" ? "" : `${path.replace(/\/$/, "")}/`;
  const {
    region = "us-east-1",
    virtualHosted = "false",
    endpoint = amazonOf(bucket, region, virtualHosted === "true"),
    ...others
  } = Object.fromEntries(new URLSearchParams(query));
  const isGood =
    bucketPattern.test(bucket) &&
    rootPattern.test(root) &&
    Object.keys(others).length === 0 &&
    ["true", "false"].includes(virtualHosted) &&
    /^[a-z0-9-]{1,40}$/.test(region) &&
    URL.canParse(endpoint) &&
    /^https?:$/.test(new URL(endpoint).protocol);
  if (!isGood) return undefined;
  return { bucket, root, endpoint, region, virtualHosted: virtualHosted === "true" };
}

const amazonOf = (bucket: string, region: string, isVirtualHosted: boolean): string =>
  `https://${isVirtualHosted ? `${bucket}.` : ""}s3.${region}.amazonaws.com`;

/** Throws CONFIG_INVALID if `findS3Place` returns undefined for `text`. */
export function parseS3Url(text: string): S3Place {
  const place = findS3Place(text);
  if (place) return place;
  throw new AppError("CONFIG_INVALID", "This is not the address of a bucket.", {
    hint: "Write it like s3://bucket or s3://bucket/folder, with ?endpoint=https://…&region=… for a server other than Amazon's.",
  });
}
