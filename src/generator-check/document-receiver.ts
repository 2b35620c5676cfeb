// Receives the documents that a generator writes to MongoDB. The documents are in a separate
// database. At the end, the receiver tries to remove this database, and ignores an error of the
// removal.
import { randomBytes } from "node:crypto";
import { MongoClient, ObjectId } from "mongodb";
import { AppError } from "../errors.ts";

export interface ChunkDocument {
  readonly stream: unknown;
  readonly seq: unknown;
  readonly requestId?: unknown;
  readonly userId?: unknown;
  readonly rowId?: unknown;
  readonly data?: unknown;
  readonly end?: unknown;
}

export interface DocumentStream {
  readonly delivery: { readonly database: string; readonly stream: string; readonly url: string };
  /** Returns all documents of the stream, sorted by `seq`. */
  documents(): Promise<readonly ChunkDocument[]>;
  /**
   * Stores a document {gone: true} with this `seq`, as Rondo does when a stream is deleted. Pass the `seq` of the
   * generator's next document, so that the generator's write fails.
   */
  markDeleted(seq: number): Promise<void>;
}

export interface DocumentReceiver extends AsyncDisposable {
  open(rowId: string): Promise<DocumentStream>;
}

/**
 * Throws UNAVAILABLE if no MongoDB answers at the URL, or if MongoDB refuses to create the
 * database.
 */
export async function createDocumentReceiver(url: string): Promise<DocumentReceiver> {
  const name = `rondo_check_${randomBytes(6).toString("hex")}`;
  let opened: MongoClient | undefined;
  try {
    opened = new MongoClient(url, { serverSelectionTimeoutMS: 5_000, connectTimeoutMS: 5_000 });
    await opened.db(name).collection("chunks").createIndex({ stream: 1, seq: 1 }, { unique: true });
  } catch (cause) {
    await opened?.close();
    throw new AppError("UNAVAILABLE", "The MongoDB of --mongodb can't be used.", {
      hint: "Check the URL, and that its user is allowed to write to databases whose names begin with rondo_check_.",
      cause,
    });
  }
  const client = opened;
  const database = client.db(name);
  const chunks = database.collection("chunks");
  return {
    async open(rowId) {
      const stream = new ObjectId().toHexString();
      const facts = { path: `versions/${rowId}/audio`, contentType: "audio/mpeg", start: 0, state: "live" };
      const streams = database.collection<{ _id: string }>("streams");
      await streams.insertOne({ _id: stream, ...facts, source: null, ancestors: [] } as { _id: string });
      return {
        delivery: { database: name, stream, url },
        documents: async () =>
          (await chunks
            .find({ stream }, { promoteBuffers: true })
            .sort({ seq: 1 })
            .toArray()) as unknown as ChunkDocument[],
        async markDeleted(seq) {
          await chunks.insertOne({ stream, seq, gone: true });
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await database.dropDatabase().catch(() => undefined);
      await client.close();
    },
  };
}
