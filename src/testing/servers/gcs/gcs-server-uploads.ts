// Handles uploads to the test server that stands in for Google Cloud Storage: resumable uploads in a session, and small
// objects in one request.
import { crc32c } from "../../../ports/object-store/crc32c.ts";
import { refusal } from "./gcs-server-faults.ts";
import type { Bucket } from "./gcs-server-objects.ts";

interface Session {
  readonly name: string;
  readonly contentType: string;
  bytes: Uint8Array;
  /** The description of the object. Undefined until the upload is complete. */
  finished: Record<string, unknown> | undefined;
}

/**
 * Until an upload is complete, the server stores only a multiple of this number of bytes. The client has to send the
 * remaining bytes again.
 */
const unitBytes = 256 * 1024;

export function createUploads(bucket: Bucket) {
  const sessions = new Map<string, Session>();
  const sessionOf = (url: URL) => sessions.get(url.searchParams.get("upload_id") ?? "");

  const soFar = ({ bytes }: Session): Response =>
    new Response(null, {
      status: 308,
      headers: bytes.length === 0 ? {} : { range: `bytes=0-${bytes.length - 1}` },
    });

  /** Appends the bytes of the body that the session doesn't have yet. Returns true if the upload is now complete. */
  const append = (session: Session, headers: Headers, body: Uint8Array, most = Number.POSITIVE_INFINITY) => {
    const [, first, , total = "*"] =
      /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
    const known = session.bytes.length;
    const fresh =
      first === undefined || Number(first) > known ? new Uint8Array() : body.subarray(known - Number(first));
    const grown = Buffer.concat([session.bytes, fresh.subarray(0, most)]);
    const isAll = total !== "*" && grown.length === Number(total);
    session.bytes = isAll ? grown : grown.subarray(0, grown.length - (grown.length % unitBytes));
    return isAll;
  };

  return {
    begin(url: URL, headers: Headers, body: Uint8Array): Response {
      const id = crypto.randomUUID();
      const metadata = JSON.parse(Buffer.from(body).toString() || "{}") as { contentType?: string };
      sessions.set(id, {
        name: url.searchParams.get("name") ?? "",
        contentType: headers.get("x-upload-content-type") ?? metadata.contentType ?? "",
        bytes: new Uint8Array(),
        finished: undefined,
      });
      const location = new URL(url);
      location.searchParams.set("upload_id", id);
      return new Response(null, { headers: { location: location.href } });
    },

    put(url: URL, headers: Headers, body: Uint8Array): Response {
      const session = sessionOf(url);
      if (!session) return refusal(410, "gone");
      if (session.finished) return Response.json(session.finished);
      if (!append(session, headers, body)) return soFar(session);
      const announced = headers.get("x-goog-hash")?.replace("crc32c=", "");
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32BE(crc32c(session.bytes));
      if (announced !== undefined && announced !== checksum.toString("base64"))
        return refusal(400, "invalid");
      session.finished = bucket.describe(bucket.put(session.name, session.bytes, session));
      session.bytes = new Uint8Array();
      return Response.json(session.finished);
    },

    /** Simulates a `put` whose connection ends after `most` bytes of the body. Only these bytes are used. */
    keep(url: URL, headers: Headers, body: Uint8Array, most: number): void {
      const session = sessionOf(url);
      if (session && !session.finished) append(session, headers, body.subarray(0, most));
    },

    cancel(url: URL): Response {
      sessions.delete(url.searchParams.get("upload_id") ?? "");
      return new Response(null, { status: 499 });
    },

    /** Stores an object from a body with two parts: its description and its content (RFC 2387). */
    multipart(url: URL, headers: Headers, body: Uint8Array): Response {
      const [, boundary = ""] = /boundary="?([^";]+)/.exec(headers.get("content-type") ?? "") ?? [];
      const parts = Buffer.from(body)
        .toString("latin1")
        .split(`--${boundary}`)
        .slice(1, -1)
        .map((part) => part.slice(part.indexOf("\r\n\r\n") + 4, -2));
      const [description = "{}", content = ""] = parts;
      const facts = JSON.parse(Buffer.from(description, "latin1").toString()) as {
        name?: string;
        contentType?: string;
        metadata?: Record<string, string>;
      };
      const name = url.searchParams.get("name") ?? facts.name ?? "";
      return Response.json(bucket.describe(bucket.put(name, Buffer.from(content, "latin1"), facts)));
    },

    /** Returns the number of stored bytes of each session whose upload is not complete. */
    uploadedBytes: () =>
      [...sessions.values()].filter(({ finished }) => !finished).map(({ bytes }) => bytes.length),
    forget: () => sessions.clear(),
  };
}
