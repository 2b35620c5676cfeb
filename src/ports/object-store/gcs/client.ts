// Opens the Google Cloud Storage driver for one bucket, with the application default credentials. The content of
// objects is read with `fetch` instead of the driver.
import { type Bucket, IdempotencyStrategy, Storage } from "@google-cloud/storage";
import { AppError } from "../../../errors.ts";
import { type GcsPlace, parseGcsUrl } from "./url.ts";

export interface GcsClient extends GcsPlace {
  /** The origin of requests to the bucket and of signed links. */
  readonly origin: string;
  readonly files: Bucket;
  /** False for http: an emulator needs no credentials, and http would not protect credentials. */
  readonly asksForCredentials: boolean;
  /**
   * Requests the content of an object, with credentials if `asksForCredentials` is true. Does not retry. A response
   * with an error status is returned like any other response. If the driver finds no credentials, throws the error of
   * the driver. If no response arrives, throws the error of `fetch`.
   */
  fetchContent(name: string, query: Record<string, string>, init: RequestInit): Promise<Response>;
}

export interface GcsClientOptions {
  /** gs://bucket[/prefix][?endpoint=…] */
  readonly url: string;
}

const google = "https://storage.googleapis.com";

/** Throws CONFIG_INVALID if `url` is not a bucket URL, or if STORAGE_EMULATOR_HOST would change the address. */
export function createGcsClient({ url }: GcsClientOptions): GcsClient {
  const place = parseGcsUrl(url);
  const api = place.endpoint ?? google;
  const asksForCredentials = api.startsWith("https:");
  const storage = new Storage({
    apiEndpoint: api,
    useAuthWithCustomEndpoint: asksForCredentials,
    retryOptions: {
      autoRetry: true,
      maxRetries: 1,
      retryDelayMultiplier: 2,
      maxRetryDelay: 4,
      totalTimeout: 15,
      // All our requests are idempotent, so each request can be retried.
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
    },
  });
  // The driver reads STORAGE_EMULATOR_HOST itself and would send every request to that host.
  if (storage.baseUrl !== `${api}/storage/v1`) {
    const message = "STORAGE_EMULATOR_HOST is set, so objects would go to an emulator.";
    const hint =
      "Remove STORAGE_EMULATOR_HOST. To use an emulator, set RONDO_OBJECTS_URL=gs://bucket?endpoint=http://host:port";
    throw new AppError("CONFIG_INVALID", message, {
      faults: [{ at: "STORAGE_EMULATOR_HOST", message, hint }],
    });
  }
  return {
    ...place,
    origin: api,
    files: storage.bucket(place.bucket),
    asksForCredentials,
    async fetchContent(name, query, init) {
      const path = `${place.bucket}/o/${encodeURIComponent(name)}?${new URLSearchParams(query)}`;
      const at = `${api}/storage/v1/b/${path}`;
      const headers = new Headers(
        asksForCredentials ? await storage.authClient.getRequestHeaders(at) : undefined,
      );
      for (const [header, value] of new Headers(init.headers)) headers.set(header, value);
      return fetch(at, { ...init, headers });
    },
  };
}
