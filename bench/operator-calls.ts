// Calls the operator's API for the benchmarks with many businesses.

export interface Operator {
  readonly url: string;
  readonly operatorKey: string;
}

export interface MadeBusiness {
  readonly slug: string;
  /** The request headers with a key of the business. */
  readonly headers: Readonly<Record<string, string>>;
}

async function operate<T>({ url, operatorKey }: Operator, path: string, body: object): Promise<T> {
  const res = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${path} was answered with ${res.status}: ${await res.text()}`);
  return (await res.json()) as T;
}

/** Creates a business with a key. */
export async function makeBusiness(operator: Operator, slug: string): Promise<MadeBusiness> {
  await operate(operator, "/v1/businesses", { slug });
  const { key } = await operate<{ key: string }>(operator, `/v1/businesses/${slug}/keys`, {});
  return { slug, headers: { authorization: `Bearer ${key}` } };
}

/** Runs the query `business.users`. Returns the status and the time until the complete response, in milliseconds. */
export async function readUsers(
  { url }: Pick<Operator, "url">,
  { headers }: MadeBusiness,
): Promise<{ readonly status: number; readonly ms: number }> {
  const startedAt = performance.now();
  const res = await fetch(`${url}/v1/queries/business.users`, { headers });
  await res.arrayBuffer();
  return { status: res.status, ms: performance.now() - startedAt };
}

export const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ??
  Number.NaN;

/** Runs `work` for each value, for at most `atOnce` values at the same time. Rejects if a call of `work` rejects. */
export async function eachOf<T>(
  values: readonly T[],
  atOnce: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const left = values.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const value of left) await work(value);
    }),
  );
}

export const loadNow = async (): Promise<string> =>
  (await Bun.file("/proc/loadavg").text()).split(" ", 2).join(" and ");

export const withoutLimits = Object.fromEntries(
  ["WRITES", "BUSINESS", "ADDRESS", "FAILED_CREDENTIALS"].map((name) => [`RONDO_LIMIT_${name}`, "off"]),
);
