// What Google Cloud Storage, or the way to it, refuses, in our words.
import { AppError } from "../../../errors.ts";

/** An answer that is no success, to a request that we made without the driver. */
export class GcsRefusal extends Error {
  constructor(
    readonly status: number,
    readonly reason: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

/** Reads the answer to its end. */
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
    return undefined; // a proxy's page, perhaps: the status says enough
  }
}

function reasonsIn(error: Details | undefined): readonly string[] {
  const errors = Array.isArray(error?.errors) ? (error.errors as readonly { reason?: unknown }[]) : [];
  return errors.flatMap(({ reason }) => (typeof reason === "string" ? [reason] : []));
}

/** The driver has two kinds of errors: of some requests the answer as it was, of others its parts. */
function reasonOf(err: Error): string | undefined {
  if (err instanceof GcsRefusal) return err.reason;
  const { response } = err as { response?: { data?: { error?: Details } } };
  return [...reasonsIn(err as Details), ...reasonsIn(response?.data?.error)][0];
}

/** The HTTP status; undefined where there was no answer. */
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

/** Worth the same request again in a moment. */
export function isTransient(err: unknown): boolean {
  const status = statusOf(err);
  if (status !== undefined) return status === 408 || status === 429 || status >= 500;
  const { name, code } = err as { name?: unknown; code?: unknown };
  return name === "TimeoutError" || name === "FetchError" || networkCode.test(String(code));
}

const fullReasons = new Set(["quotaExceeded", "storageQuotaExceeded", "insufficientStorage"]);

/** An AppError where it is one of theirs; other errors as they are. */
export function gcsErrorOf(err: unknown, bucket: string): unknown {
  if (err instanceof AppError || !(err instanceof Error)) return err;
  const status = statusOf(err);
  const reason = reasonOf(err);
  if (status === 507 || ((status === 403 || status === 429) && fullReasons.has(reason ?? ""))) {
    return new AppError("STORAGE_FULL", "There is no room left to store objects.", {
      hint: "Raise the quota of the project, or clear the bucket; nothing that was stored is lost.",
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
  new AppError("UNAVAILABLE", "The object store's bucket is not there.", {
    hint: `Make the bucket ${bucket}, or set RONDO_OBJECTS_URL to the one that there is.`,
    retryAfterSeconds: 60,
    cause,
  });

/** Nothing that was sent can be gone on with. */
export const uploadLost = (cause: unknown): AppError =>
  new AppError("UNAVAILABLE", "The object store lost what was sent so far.", {
    hint: "Try again; it begins anew.",
    retryAfterSeconds: 1,
    cause,
  });

const refused = (bucket: string, status: number | undefined, cause: unknown): AppError =>
  new AppError(
    "UNAVAILABLE",
    status === 403
      ? "The object store does not let us do this."
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

/** The library for credentials throws plain errors from its own files, before any request; it alone reads files. */
const isAboutCredentials = (err: Error): boolean =>
  err.name === "SigningError" ||
  ("code" in err && err.code === "ENOENT") ||
  /[\\/](google-auth-library|gcp-metadata|gtoken)[\\/]/.test(err.stack ?? "");
