// Defines a response body that is written piece by piece. The writer can wait until the runtime has taken a piece, so
// that it does not write faster than the listener receives.

export interface BodySink {
  /**
   * Writes a piece. Returns undefined if the next piece can be written immediately. Otherwise returns a promise that
   * resolves when the runtime has taken the piece. Until then, `write` must not be called again. It must also not be
   * called after `end`, `cutOff` or `left`.
   */
  write(bytes: Uint8Array): Promise<unknown> | undefined;
  /** Ends the response after the written pieces. */
  end(): void;
  /** Aborts the response, so that the listener notices that the response is incomplete. */
  cutOff(): void;
  /**
   * The number of written bytes that the listener's operating system has not confirmed; undefined if the runtime
   * doesn't report it.
   */
  unsentBytes(): Promise<number | undefined>;
}

export interface BodySource {
  /** Called once, when the listener has connected. */
  begin(sink: BodySink): void;
  /** Called when the listener disconnects before the end of the response. */
  left(): void;
}

/**
 * Creates the response body. `request` is the request that is being answered. On Bun, the code that sends the body
 * finds the connection by this request.
 */
export type OpenBody = (source: BodySource, request?: Request) => ReadableStream<Uint8Array>;

/**
 * Creates a web-standard ReadableStream, which works in any runtime. The stream buffers at most one piece: the promise
 * of a write resolves only when the runtime asks for the next piece, or when the listener has disconnected.
 */
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
