// Answers of reads, kept as long as the database they came from stays as it was: nothing is asked of it twice.
import { LRUCache } from "lru-cache";
import type { QuerySet } from "./query-set.ts";
import type { QueryAnswer } from "./run-query.ts";

export interface Question {
  /** Who asks, what, and with which values, as one text. */
  readonly text: string;
  /** The specs that answer; others may answer otherwise. */
  readonly set: QuerySet;
  /** The database's mark of change, taken before it is asked. */
  readonly mark: number;
}

export interface KeptAnswers {
  find(question: Question): QueryAnswer | undefined;
  /** Answers that speak of the moment, and very long ones, are not kept. */
  keep(question: Question, answer: QueryAnswer): void;
  /** How often an answer was found. */
  readonly found: number;
}

const answersBytesMax = 16 * 1024 * 1024;
const oneBytesMax = 64 * 1024;
/** A text is counted as two bytes a character, and an entry with what holds it together. */
const overheadBytes = 400;
const bytesOf = ({ text }: Question, { body }: QueryAnswer): number =>
  2 * (text.length + body.length) + overheadBytes;

interface Kept {
  readonly question: Question;
  readonly answer: QueryAnswer;
}

export function createKeptAnswers(bytesMax: number = answersBytesMax): KeptAnswers {
  const kept = new LRUCache<string, Kept>({ maxSize: bytesMax });
  let found = 0;
  return {
    find({ text, set, mark }) {
      const known = kept.get(text);
      if (known === undefined || known.question.mark !== mark || known.question.set !== set) return undefined;
      found += 1;
      return known.answer;
    },
    keep(question, answer) {
      const size = bytesOf(question, answer);
      if (!answer.lasts || size > oneBytesMax) return;
      kept.set(question.text, { question, answer }, { size });
    },
    get found() {
      return found;
    },
  };
}
