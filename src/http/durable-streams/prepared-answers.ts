// Answers that can never become different ones, kept as they were sent: the same page of a finished stream, for everyone.

export interface PreparedAnswer {
  /** Copied into each answer as a whole: quicker than header by header. */
  readonly headers: Headers;
  readonly etag: string;
  /** A blob is sent as it is; bytes would be copied for each answer. */
  readonly body: Blob;
}

export interface PreparedAnswers {
  find(streamId: string, position: number): PreparedAnswer | undefined;
  keep(streamId: string, position: number, answer: PreparedAnswer): void;
}

export function createPreparedAnswers(bytesMax: number): PreparedAnswers {
  /** Least recently used first. */
  const kept = new Map<string, PreparedAnswer>();
  let newest: PreparedAnswer | undefined;
  let bytes = 0;
  return {
    find(streamId, position) {
      const name = `${streamId}:${position}`;
      const answer = kept.get(name);
      if (answer === undefined) return undefined;
      if (answer !== newest) {
        kept.delete(name);
        kept.set(name, answer);
        newest = answer;
      }
      return answer;
    },
    keep(streamId, position, answer) {
      const name = `${streamId}:${position}`;
      if (kept.has(name)) return;
      kept.set(name, answer);
      newest = answer;
      bytes += costOf(answer);
      for (const [oldest, { body }] of kept) {
        if (bytes <= bytesMax) return;
        kept.delete(oldest);
        bytes -= costOf({ body });
      }
    },
  };
}

const overheadBytes = 2_000;

const costOf = ({ body }: Pick<PreparedAnswer, "body">): number => body.size + overheadBytes;
