// Converts errors of Google Cloud Storage, and of connections to this service, into AppErrors.
import { AppError } from "../../../errors.ts";

/** An error response to a request that was sent without the driver (Google's client library). */
export class GcsRefusal extends Error {
  readonly status: number;
  readonly reason: string | undefined;

  constructor(status: number, reason: string | undefined, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** Reads an error response to its end, and returns it as an error to throw. */
export async function refusalOf(answer: Response): Promise<GcsRefusal> {
  const text = await answer.text();
  const [reason] = reasonsIn(parsed(text)?.error);
  return new GcsRefusal(answer.status, reason, `${answer.status} ${reason ?? ""} ${text.slice(0, 200)}`);
}

interface Details {
  readonly errors?: unknown;
}

function parsed(text: string): { readonly error?: Details } | undefined {
  try {
    return JSON.parse(text) as { error?: Details };
  } catch {
    return undefined; // The body may be the page of a proxy. The status is enough.
  }
}

function reasonsIn(error: Details | undefined): readonly string[] {
  const errors = Array.isArray(error?.errors) ? (error.errors as readonly { reason?: unknown }[]) : [];
  return errors.flatMap(({ reason }) => (typeof reason === "string" ? [reason] : []));
}

/**
 * Returns the reason of an error. The driver throws two types of errors: one contains the whole response, the other its
 * parsed parts.
 */
function reasonOf(err: Error): string | undefined {
  if (err instanceof GcsRefusal) return err.reason;
  const { response } = err as { response?: { data?: { error?: Details } } };
  return [...reasonsIn(err as Details), ...reasonsIn(response?.data?.error)][0];
}

/** Returns the HTTP status, or undefined if there was no response. */
export function statusOf(err: unknown): number | undefined {
  if (err instanceof GcsRefusal) return err.status;
  const { code, status, response } = (err ?? {}) as {
    code?: unknown;
    status?: unknown;
    response?: { status?: unknown; statusCode?: unknown };
  };
  const found = [code, status, response?.status, response?.statusCode]
    .map(Number)
    .find((number) => number >= 100 && number < 600);
  return found;
}

const networkCode = /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_|EHOST|ENET|ERR_|Connection|FailedTo|Timeout)/;

/** Returns whether the same request should be retried soon. */
export function isTransient(err: unknown): boolean {
  const status = statusOf(err);
  if (status !== undefined) return status === 408 || status === 429 || status >= 500;
  const { name, code } = err as { name?: unknown; code?: unknown };
  return name === "TimeoutError" || name === "FetchError" || networkCode.test(String(code));
}

const fullReasons = new Set(["quotaExceeded", "storageQuotaExceeded", "insufficientStorage"]);

/**
 * Translates an error of the store to STORAGE_FULL or UNAVAILABLE. The status 404 becomes the error of a missing
 * bucket. If the object itself can be missing, the caller must check for 404 before it calls this function. Other
 * errors are returned unchanged, for example an error with the status 400.
 */
export function gcsErrorOf(err: unknown, bucket: string): unknown {
  if (err instanceof AppError || !(err instanceof Error)) return err;
  const status = statusOf(err);
  const reason = reasonOf(err);
  if (status === 507 || ((status === 403 || status === 429) && fullReasons.has(reason ?? ""))) {
    return new AppError("STORAGE_FULL", "The object storage is full.", {
      hint: "Raise the quota of the project, or delete objects; stored data is not affected.",
      cause: err,
    });
  }
  if (status === 401 || status === 403) return refused(bucket, status, err);
  if (status === 404) return bucketMissing(bucket, err);
  if (status === undefined && isAboutCredentials(err)) return refused(bucket, undefined, err);
  if (!isTransient(err)) return err;
  return new AppError("UNAVAILABLE", "The object store cannot be reached right now.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 5,
    cause: err,
  });
}

export const bucketMissing = (bucket: string, cause: unknown): AppError =>
  new AppError("UNAVAILABLE", "The object store's bucket does not exist.", {
    hint: `Create the bucket ${bucket}, or set RONDO_OBJECTS_URL to an existing one.`,
    retryAfterSeconds: 60,
    cause,
  });

/** Returns the error of an upload that can't be continued and has to start again from the first byte. */
export const uploadLost = (cause: unknown): AppError =>
  new AppError("UNAVAILABLE", "The object store lost the data uploaded so far.", {
    hint: "Try again; the upload starts over.",
    retryAfterSeconds: 1,
    cause,
  });

const refused = (bucket: string, status: number | undefined, cause: unknown): AppError =>
  new AppError(
    "UNAVAILABLE",
    status === 403
      ? "The object store denies this operation."
      : "The object store does not accept our credentials.",
    {
      hint:
        status === 403
          ? `Give the service account the role Storage Object User (roles/storage.objectUser) on the bucket ${bucket}.`
          : "Set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run where a service account is attached.",
      retryAfterSeconds: 60,
      cause,
    },
  );

/**
 * Returns whether the error is about credentials. Google's auth library throws such errors before any request, so they
 * have no HTTP status. ENOENT means that the credential file is missing.
 */
const isAboutCredentials = (err: Error): boolean =>
  err.name === "SigningError" ||
  ("code" in err && err.code === "ENOENT") ||
  /[\\/](google-auth-library|gcp-metadata|gtoken)[\\/]/.test(err.stack ?? "");
