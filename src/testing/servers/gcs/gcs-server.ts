// Starts a test server for the part of Google Cloud Storage's JSON API that writes, reads and lists objects. The server
// verifies the signatures of links. A test can make the server respond to a request with a fault.
import { crc32c } from "../../../ports/object-store/crc32c.ts";
import { type Fault, faulty, type GcsRequest, refusal } from "./gcs-server-faults.ts";
import { type Bucket, createBucket, type StoredObject } from "./gcs-server-objects.ts";
import { isSignatureGood } from "./gcs-server-signatures.ts";
import { createUploads } from "./gcs-server-uploads.ts";

export interface GcsServer extends AsyncDisposable {
  /** The gs:// URL for an object store. */
  readonly url: string;
  readonly origin: string;
  readonly bucketName: string;
  readonly bucket: Bucket;
  /** All requests so far, oldest first. */
  readonly requests: readonly GcsRequest[];
  /** Called before the response to each request. Returns the fault with which the server responds, or undefined. */
  fault: ((request: GcsRequest) => Fault | undefined) | undefined;
  /** The signer whose links are accepted; undefined: no link is accepted. */
  signer: { readonly email: string; readonly publicKey: string } | undefined;
  /** For each unfinished upload, the number of bytes that are stored so far. */
  uploadedBytes(): readonly number[];
  forgetUploads(): void;
  stop(): Promise<void>;
}

const bucketName = "rondo-test";

export function startGcsServer(port = 0): GcsServer {
  const bucket = createBucket(bucketName);
  const uploads = createUploads(bucket);
  const requests: GcsRequest[] = [];

  const http = Bun.serve({
    port,
    hostname: "127.0.0.1",
    maxRequestBodySize: 1 << 30,
    idleTimeout: 30,
    async fetch(req) {
      const url = new URL(req.url);
      const body = new Uint8Array(await req.arrayBuffer());
      const request: GcsRequest = {
        kind: kindOf(req.method, url),
        name: nameOf(url),
        range: req.headers.get("content-range") ?? req.headers.get("range") ?? undefined,
        bytes: body.length,
      };
      requests.push(request);
      const fault = server.fault?.(request);
      if (fault?.answer) return fault.answer;
      if (fault?.keepBytes !== undefined) uploads.keep(url, req.headers, body, fault.keepBytes);
      if (fault?.status !== undefined) return refusal(fault.status, fault.reason);
      const answer = await answerTo(req, url, request, body);
      return fault?.bodyBytes === undefined ? answer : faulty(answer, fault.bodyBytes);
    },
  });

  async function answerTo(
    req: Request,
    url: URL,
    { kind, name }: GcsRequest,
    body: Uint8Array,
  ): Promise<Response> {
    if (kind === "link") return readByLink(req, url, name);
    const named = url.pathname.split("/b/")[1]?.split("/")[0];
    if (kind !== "put" && kind !== "cancel" && named !== bucketName) return refusal(404, "notFound");
    if (kind === "session") return uploads.begin(url, req.headers, body);
    if (kind === "put") return uploads.put(url, req.headers, body);
    if (kind === "cancel") return uploads.cancel(url);
    if (kind === "multipart") return uploads.multipart(url, req.headers, body);
    if (kind === "list") return Response.json(bucket.list(url.searchParams));
    if (kind === "compose") return compose(name, body);
    const object = bucket.objects.get(name);
    if (!object) return refusal(404, "notFound");
    if (kind === "metadata") return Response.json(bucket.describe(object));
    if (kind === "delete") {
      const expected = url.searchParams.get("ifGenerationMatch");
      if (expected !== null && expected !== object.generation) return refusal(412, "conditionNotMet");
      bucket.objects.delete(name);
      return new Response(null, { status: 204 });
    }
    const generation = url.searchParams.get("generation");
    if (generation !== null && generation !== object.generation) return refusal(404, "notFound");
    return contentOf(object, req.headers.get("range"));
  }

  function compose(name: string, body: Uint8Array): Response {
    const { sourceObjects, destination } = JSON.parse(Buffer.from(body).toString()) as {
      sourceObjects: readonly { readonly name: string; readonly generation?: string | number }[];
      destination: { readonly contentType?: string };
    };
    if (sourceObjects.length > 32) return refusal(400, "invalid");
    const sources = sourceObjects.map((source) => {
      const object = bucket.objects.get(source.name);
      const isAsked = String(source.generation ?? object?.generation) === object?.generation;
      return isAsked ? object : undefined;
    });
    if (sources.some((source) => source === undefined)) return refusal(404, "notFound");
    const bytes = Buffer.concat(sources.map((source) => source?.bytes ?? new Uint8Array()));
    return Response.json(bucket.describe(bucket.put(name, bytes, destination)));
  }

  function readByLink(req: Request, url: URL, name: string): Response {
    if (!server.signer || !isSignatureGood(req, url, server.signer)) return refusal(403, "forbidden");
    const object = bucket.objects.get(name);
    if (!object) return refusal(404, "notFound");
    const answer = contentOf(object, req.headers.get("range"));
    const { searchParams } = url;
    for (const header of ["content-type", "content-disposition"]) {
      const value = searchParams.get(`response-${header}`);
      if (value !== null) answer.headers.set(header, value);
    }
    return answer;
  }

  const origin = `http://127.0.0.1:${http.port}`;
  const server: GcsServer = {
    url: `gs://${bucketName}?endpoint=${encodeURIComponent(origin)}`,
    origin,
    bucketName,
    bucket,
    requests,
    fault: undefined,
    signer: undefined,
    uploadedBytes: () => uploads.uploadedBytes(),
    forgetUploads: () => uploads.forget(),
    stop: () => http.stop(true),
    [Symbol.asyncDispose]: () => http.stop(true),
  };
  return server;
}

function kindOf(method: string, url: URL): GcsRequest["kind"] {
  const { pathname, searchParams } = url;
  if (pathname.startsWith("/upload/")) {
    if (method === "PUT") return "put";
    if (method === "DELETE") return "cancel";
    return searchParams.get("uploadType") === "resumable" ? "session" : "multipart";
  }
  if (!pathname.startsWith("/storage/v1/b/")) return "link";
  if (/\/o\/?$/.test(pathname)) return "list";
  if (method === "DELETE") return "delete";
  if (pathname.endsWith("/compose")) return "compose";
  return searchParams.get("alt") === "media" ? "media" : "metadata";
}

function nameOf(url: URL): string {
  const [, inPath] = /\/o\/(.+?)(?:\/compose)?$/.exec(url.pathname) ?? [];
  if (inPath !== undefined) return decodeURIComponent(inPath);
  const given = url.searchParams.get("name");
  return given ?? decodeURIComponent(url.pathname.slice(`/${bucketName}/`.length));
}

function contentOf({ bytes, contentType, generation }: StoredObject, range: string | null): Response {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32c(bytes));
  const headers = {
    "content-type": contentType,
    "x-goog-generation": generation,
    "x-goog-hash": `crc32c=${checksum.toString("base64")}`,
  };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === undefined) return new Response(bytes, { headers });
  const start = Number(from);
  const end = to ? Math.min(Number(to) + 1, bytes.length) : bytes.length;
  if (start >= bytes.length) return new Response(null, { status: 416 });
  return new Response(bytes.slice(start, end), {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${start}-${end - 1}/${bytes.length}` },
  });
}
