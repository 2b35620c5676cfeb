// Reads the corpus that measures how well language models write query specs. Each entry describes a wanted query, and
// has a reference spec and the right results.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WantedQuery } from "../draft-messages.ts";

export interface CorpusQuery {
  readonly wanted: WantedQuery;
  /** The parameters of each call. The calls run one after another, in this order. */
  readonly calls: readonly Readonly<Record<string, unknown>>[];
  readonly reference: Readonly<Record<string, unknown>> & { readonly name: string };
  /** The result of each call, or the code of its error. */
  readonly answers: readonly unknown[];
}

const corpusFolder = join(import.meta.dirname, "wanted");

export const readCorpus = (): readonly CorpusQuery[] =>
  readdirSync(corpusFolder)
    .sort()
    .flatMap((file) => JSON.parse(readFileSync(join(corpusFolder, file), "utf8")) as readonly CorpusQuery[]);
