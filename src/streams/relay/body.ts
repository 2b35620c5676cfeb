// An answer's body that is given piece by piece, as it comes and at the pace of whoever takes it.

export interface BodySink {
  /** undefined: more may follow at once. A promise: the taker is behind, and it resolves when this was taken or nobody is there. */
  write(bytes: Uint8Array): Promise<unknown> | undefined;
  /** After what was written. */
  end(): void;
  /** Breaks the answer off: the taker sees that it is not whole. */
  cutOff(): void;
  /** Written bytes that the listener's system has not confirmed; undefined where the runtime can't tell. */
  unsentBytes(): Promise<number | undefined>;
}

export interface BodySource {
  /** Called once, when the taker is there. */
  begin(sink: BodySink): void;
  /** The taker went away before the end. */
  left(): void;
}

/** `request`: the request that is answered, by which a runtime finds the connection. */
export type OpenBody = (source: BodySource, request?: Request) => ReadableStream<Uint8Array>;

/** By the web's standard, for any runtime. One piece is held at most: the next one is asked for when it was taken. */
export const openWebBody: OpenBody = (source) => {
  let hasBegun = false;
  let taken: (() => void) | undefined;
  const sinkOf = (controller: ReadableStreamDefaultController<Uint8Array>): BodySink => ({
    write(bytes) {
      controller.enqueue(bytes);
      return new Promise<void>((resolve) => {
        taken = resolve;
      });
    },
    end: () => controller.close(),
    cutOff: () => controller.error(),
    unsentBytes: async () => undefined,
  });
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        taken?.();
        if (hasBegun) return;
        hasBegun = true;
        source.begin(sinkOf(controller));
      },
      cancel() {
        source.left();
        taken?.();
      },
    },
    { highWaterMark: 0 },
  );
};
