// Starts a deliberately faulty generator: a server that is correct except for one fault, which is called a lie. Each
// case of `rondo generator check` has one lie that the case must detect.
import { createGeneratorHandler, type GeneratorServerOptions } from "./generator-server.ts";
import { concurrencyLies, endLies, mongodbLies, streamLies } from "./lies/delivery-lies.ts";
import { descriptionLies, idLies, requestLies, signatureLies } from "./lies/answer-lies.ts";
import type { Lie } from "./lies/lie.ts";
import { bodyLies, formatLies, soundLies } from "./lies/sound-lies.ts";
import { insertOnce } from "./deliver-to-mongodb.ts";
import { serve, type ServedHandler } from "./serve.ts";
import { toneFormats } from "./tone-formats.ts";
import { createToneGenerator, toneSeconds } from "./tone-generator.ts";

/** Each key is the id of the case that must detect the lie. */
export const lies: Readonly<Record<string, Lie>> = {
  ...descriptionLies,
  ...signatureLies,
  ...requestLies,
  ...idLies,
  ...soundLies,
  ...bodyLies,
  ...formatLies,
  ...streamLies,
  ...mongodbLies,
  ...endLies,
  ...concurrencyLies,
};

/** Starts the server. Without a lie, the generator is correct. */
export async function serveToneGenerator(secret: string, lie: Lie = {}): Promise<ServedHandler> {
  const honest = createToneGenerator();
  const send: GeneratorServerOptions["send"] = (url, init) => fetch(url, init);
  const handler = createGeneratorHandler({
    ...toneSeconds,
    secret,
    formats: toneFormats,
    ...lie.options,
    generator: lie.generator?.(honest) ?? honest,
    send: lie.send?.(send) ?? send,
    insert: lie.insert?.(insertOnce) ?? insertOnce,
  });
  const served = await serve(lie.respond?.(handler.fetch) ?? handler.fetch);
  return {
    url: served.url,
    async [Symbol.asyncDispose]() {
      await handler[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
      await honest.close();
    },
  };
}
