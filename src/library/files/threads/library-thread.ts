// This is the program of a worker thread. It renders and verifies audio files, renders stems,
// writes a piece as notes, draws pictures and splits JSON bodies into messages, so that this work
// doesn't block the thread that serves requests.
import { open, rm } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import { readRange } from "../formats/byte-source.ts";
import { fileOf } from "../formats/file-recipe.ts";
import type { FindPublicKey } from "../formats/signature/signature.ts";
import { splitMessages } from "../../../streams/protocol/json-messages.ts";
import { stemArchive } from "../formats/zip/stem-archive.ts";
import { verifyFile } from "../formats/signature/verify-file.ts";
import { pngOf } from "./picture.ts";
import { errorOf, failureOf } from "./thread-failure.ts";
import type { FromLibraryThread, ThreadQuestion, ThreadTask, ToLibraryThread } from "./thread-messages.ts";

/**
 * Returns the handler of the messages from the main thread. Some messages start a task. During a task, this thread
 * sends questions to the main thread, for example for the bytes of a sound; the other messages answer these questions.
 * Several tasks can run at the same time.
 */
export function serveLibrary(post: (message: FromLibraryThread) => void) {
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  let questions = 0;
  let readers = 0;

  const ownerOf = (task: number) => {
    const ask = <Answer>(question: ThreadQuestion): Promise<Answer> => {
      const number = ++questions;
      const answer = Promise.withResolvers<unknown>();
      asked.set(number, answer);
      post({ type: "question", task, question: number, asked: question });
      return answer.promise as Promise<Answer>;
    };
    return {
      async *read(sound: number, start: number): AsyncGenerator<Uint8Array> {
        const reader = ++readers;
        try {
          for (;;) {
            const bytes = await ask<Uint8Array | undefined>({ ask: "bytes", reader, sound, start });
            if (bytes === undefined) return;
            yield bytes;
          }
        } finally {
          post({ type: "left", task, reader });
        }
      },
      put: (bytes: Uint8Array) => ask<undefined>({ ask: "put", bytes }),
      sign: (sound: number, sha256: Uint8Array) => ask<string>({ ask: "signature", sound, sha256 }),
      findKey: ((keyId) => ask({ ask: "publicKey", keyId })) satisfies FindPublicKey,
    };
  };

  const perform = async (task: number, work: ThreadTask): Promise<unknown> => {
    if (work.kind === "split") return splitMessages(work.body, work.messagesMax);
    if (work.kind === "picture") return pngOf(work.svg);
    if (work.kind === "notes") {
      // This module of the composer is loaded only when notes are requested.
      const { pieceFile } = await import("../../../composer/notation/piece-file.ts");
      return pieceFile(work.spec, work.format, work.heading);
    }
    const owner = ownerOf(task);
    if (work.kind === "stems") {
      const [{ renderStems }, { loadBank }] = await Promise.all([
        import("../../../composer/stems/render-stems.ts"),
        import("../../../composer/sound/bank.ts"),
      ]);
      const bank = await loadBank();
      const archive = stemArchive(work.archive, () => renderStems(work.archive.spec, bank));
      for await (const bytes of readRange(archive, work.start, work.end)) await owner.put(bytes);
      return undefined;
    }
    if (work.kind === "verify") return verifyFile(owner.read(0, 0), owner.findKey);
    const content = await fileOf(work.recipe, owner);
    return writeFile(work.path, content.read(0));
  };

  return (message: ToLibraryThread): void => {
    if (message.type === "start") {
      void perform(message.task, message.work).then(
        (value) => post({ type: "done", task: message.task, value }),
        (err: unknown) => post({ type: "failed", task: message.task, failure: failureOf(err) }),
      );
      return;
    }
    const answer = asked.get(message.question);
    asked.delete(message.question);
    if (message.type === "answer") answer?.resolve(message.value);
    else answer?.reject(errorOf(message.failure));
  };
}

/** Writes a file, and removes it if writing fails. Throws if the file already exists. */
async function writeFile(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of content) await file.writeFile(chunk);
  } catch (err) {
    await rm(path, { force: true });
    throw err;
  } finally {
    await file.close();
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const receive = serveLibrary((message) => port.postMessage(message));
  port.on("message", receive);
}
