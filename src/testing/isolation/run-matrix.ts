// Tests that businesses are isolated from each other. Each request is sent twice: with an id of another business, and
// with an id that doesn't exist. The two responses must be equal. For requests with `isLoose`, only the two statuses
// must be equal.
import type { ApiDeps } from "../../deps/api-deps.ts";
import type { Attempt, Row } from "./attempts.ts";
import { type App, contentOf, type Ids, missingIds, type Tenant } from "./tenant.ts";

export interface MatrixResult {
  readonly attempts: number;
  /**
   * The list is empty if no content was leaked. It has a line for each of these:
   * - a response to anyone but the operator, if it contained a secret of the other business
   * - a response that differed from the response for an id that doesn't exist
   * - a business whose content has changed
   */
  readonly leaks: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: string;
}

type Rows = Readonly<Record<string, Row>>;

/**
 * Tries to read and change each tenant's content. The requests have the credentials of another tenant, altered copies
 * of these credentials, no credential, or the operator's key. The content must not change.
 */
export async function runMatrix(
  { app, deps, operatorKey }: { readonly app: App; readonly deps: ApiDeps; readonly operatorKey: string },
  tenants: readonly Tenant[],
  rows: Rows,
): Promise<MatrixResult> {
  const leaks: string[] = [];
  let attempts = 0;
  for (const victim of tenants) {
    const before = await contentOf(deps, victim);
    for (const own of tenants.filter((one) => one !== victim)) {
      const missing = missingIds(own);
      const credentials = { ...credentialsOf(own, victim), "operator key": bearer(operatorKey) };
      for (const [route, row] of Object.entries(rows)) {
        const method = route.slice(0, route.indexOf(" ")).toUpperCase();
        const [tried, absent] = [row(victim.ids, own), row(missing, own)];
        for (const [index, attempt] of tried.entries()) {
          for (const [name, headers] of Object.entries(credentials)) {
            if (attempt.as !== undefined && !attempt.as.includes(name)) continue;
            attempts += 1;
            const got = await send(app, method, attempt, headers, victim.ids);
            const expected = await send(app, method, absent[index]!, headers, missing);
            const where = `${route} (${index}) as ${name}`;
            const secret = victim.secrets.find((one) => got.text.includes(one));
            if (secret !== undefined && name !== "operator key")
              leaks.push(`${where}: the answer has ${secret}`);
            const isSame = attempt.isLoose
              ? got.status === expected.status
              : JSON.stringify(got) === JSON.stringify(expected);
            if (!isSame)
              leaks.push(`${where}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
          }
        }
      }
    }
    if ((await contentOf(deps, victim)) !== before) leaks.push(`${victim.ids.slug}: its content has changed`);
  }
  return { attempts, leaks };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/**
 * Returns the headers for three kinds of requests: one request without a credential, one with each of the caller's own
 * credentials, and one with a copy of each credential that was altered to name the other business.
 */
function credentialsOf(
  own: Tenant,
  other: Tenant,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const [head, , signature] = own.credentials["user token"].authorization!.split(".");
  const payload = other.credentials["user token"].authorization!.split(".")[1];
  const secret = own.credentials.session.cookie!.split(".").at(-1);
  return {
    nobody: {},
    ...own.credentials,
    "altered token": { authorization: `${head}.${payload}.${signature}` },
    "altered session": { cookie: `rondo_session=${other.ids.slug}.${secret}` },
  };
}

/**
 * Sends a request, and returns the response in a form that can be compared with the response for other ids. For this
 * purpose, each of `ids` that the request contains is replaced with "…" in the response, and the value of `requestId`
 * is removed.
 */
export async function send(
  app: App,
  method: string,
  { path, body, headers = {} }: Attempt,
  credential: Readonly<Record<string, string>>,
  ids: Ids,
): Promise<Answer> {
  const isText = typeof body === "string";
  const res = await app.request(path, {
    method,
    headers: {
      ...(body === undefined || isText ? {} : { "content-type": "application/json" }),
      accept: path === "/mcp" ? "application/json, text/event-stream" : "*/*",
      ...headers,
      ...credential,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const named = `${path} ${typeof body === "string" ? body : JSON.stringify(body)} ${JSON.stringify(headers)}`;
  const blank = (text: string): string =>
    Object.values(ids)
      .filter((id) => decodeURIComponent(named).includes(id))
      .reduce((rest, id) => rest.replaceAll(id, "…"), text)
      .replaceAll(/"requestId":"[^"]*"/g, '"requestId":""');
  return {
    status: res.status,
    text: blank(await res.text()),
    headers: blank(
      ["content-type", "location", "cache-control", "www-authenticate", "retry-after", "etag"]
        .map((name) => `${name}: ${res.headers.get(name)}`)
        .join("\n"),
    ),
  };
}
