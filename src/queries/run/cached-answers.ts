// Caches the results of reads. If the same read is called again and its database has not changed, the query does not
// run again.
import { LRUCache } from "lru-cache";
import type { QuerySet } from "./query-set.ts";
import type { QueryAnswer } from "./run-query.ts";

export interface Question {
  /** The caller, the query and the parameters, as one string. */
  readonly text: string;
  /** The specs that were used. With other specs, the result may differ. */
  readonly set: QuerySet;
  /** The change mark that the database had before the query ran: a number that changes with every commit. */
  readonly mark: number;
}

export interface CachedAnswers {
  find(question: Question): QueryAnswer | undefined;
  /** Ignores a result that depends on the current time. Also ignores a result whose entry exceeds `oneBytesMax`. */
  add(question: Question, answer: QueryAnswer): void;
  /** The number of results that were found in the cache. */
  readonly hits: number;
}

const answersBytesMax = 16 * 1024 * 1024;
const oneBytesMax = 64 * 1024;
/** The bytes that an entry needs in addition to its strings. A string is counted with two bytes per character. */
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
