// Caches the answers of reads while their database is unchanged, so that the same query does not run
// twice.
import { LRUCache } from "lru-cache";
import type { QuerySet } from "./query-set.ts";
import type { QueryAnswer } from "./run-query.ts";

export interface Question {
  /** The caller, the query and its values, as one text. */
  readonly text: string;
  /** The specs that give the answer; other specs may answer otherwise. */
  readonly set: QuerySet;
  /** The database's mark of change, read before the query runs. */
  readonly mark: number;
}

export interface CachedAnswers {
  find(question: Question): QueryAnswer | undefined;
  /** Answers that depend on the current time, and very long ones, are not cached. */
  add(question: Question, answer: QueryAnswer): void;
  /** The number of hits. */
  readonly hits: number;
}

const answersBytesMax = 16 * 1024 * 1024;
const oneBytesMax = 64 * 1024;
/** A text counts as two bytes per character; this is the overhead of an entry. */
const overheadBytes = 400;
const bytesOf = ({ text }: Question, { body }: QueryAnswer): number =>
  2 * (text.length + body.length) + overheadBytes;

interface CachedAnswer {
  readonly question: Question;
  readonly answer: QueryAnswer;
}

export function createCachedAnswers(bytesMax: number = answersBytesMax): CachedAnswers {
  const cached = new LRUCache<string, CachedAnswer>({ maxSize: bytesMax });
  let hits = 0;
  return {
    find({ text, set, mark }) {
      const known = cached.get(text);
      if (known === undefined || known.question.mark !== mark || known.question.set !== set) return undefined;
      hits += 1;
      return known.answer;
    },
    add(question, answer) {
      const size = bytesOf(question, answer);
      if (!answer.lasts || size > oneBytesMax) return;
      cached.set(question.text, { question, answer }, { size });
    },
    get hits() {
      return hits;
    },
  };
}
