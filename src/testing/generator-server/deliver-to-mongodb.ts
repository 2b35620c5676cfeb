// Delivers a piece as documents in MongoDB, as docs/reference/chunks.md describes: one insert for each chunk, then an
// end record.
import { Binary, MongoClient, type Collection, type Document, MongoServerError } from "mongodb";
import { framesOf } from "./frames-of.ts";
import type { Making } from "./making.ts";

/**
 * Inserts one document and returns true. If the stream already has a document with the same `seq`, inserts nothing.
 * Then the result is true if the existing document is from the same request (the request repeats its delivery), and
 * false if it is from another request.
 */
export type Insert = (chunks: Collection, document: Document) => Promise<boolean>;

interface MongodbDelivery {
  readonly database: string;
  readonly stream: string;
  readonly url?: string | undefined;
}

/**
 * Throws if the request has no address of MongoDB, if the piece can't be made, or if `insert` returns
 * false or throws. In these cases, the stream gets no end record, but stored chunks stay.
 */
export async function deliverToMongodb(
  making: Making,
  { database, stream, url }: MongodbDelivery,
  insert: Insert = insertOnce,
): Promise<void> {
  if (url === undefined) throw new Error("The request names no MongoDB.");
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000, writeConcern: { w: "majority" } });
  const { requestId, userId, rowId } = making.request;
  try {
    const chunks = client.db(database).collection("chunks");
    let seq = 0;
    const store = async (rest: Document): Promise<void> => {
      const isStored = await insert(chunks, { stream, seq: seq++, requestId, userId, rowId, ...rest });
      if (!isStored) throw new Error("The stream was deleted, or has another writer.");
    };
    for await (const chunk of framesOf(making)) await store({ data: new Binary(chunk) });
    await store({ end: true });
  } finally {
    await client.close();
  }
}

const duplicateKey = 11_000;

export async function insertOnce(chunks: Collection, document: Document): Promise<boolean> {
  try {
    // The document is copied, because the driver writes _id into its argument.
    await chunks.insertOne({ ...document });
    return true;
  } catch (err) {
    if (!(err instanceof MongoServerError && err.code === duplicateKey)) throw err;
    const there = await chunks.findOne({ stream: document.stream, seq: document.seq });
    return there?.requestId === document.requestId;
  }
}
