// Defines a response body that is written in pieces as data arrives, at the pace of the listener.

export interface BodySink {
  /** Returns undefined if more may be written at once; otherwise a promise that resolves when the listener has received the piece or has left. */
  write(bytes: Uint8Array): Promise<unknown> | undefined;
  /** Ends the response after the written pieces. */
  end(): void;
  /** Aborts the response, so that the listener sees that it is incomplete. */
  cutOff(): void;
  /** Written bytes that the listener's system has not confirmed; undefined if the runtime doesn't report them. */
  unsentBytes(): Promise<number | undefined>;
}

export interface BodySource {
  /** Called once, when the listener is connected. */
  begin(sink: BodySink): void;
  /** Called when the listener left before the end. */
  left(): void;
}

/** `request`: the request of this response, by which a runtime finds the connection. */
export type OpenBody = (source: BodySource, request?: Request) => ReadableStream<Uint8Array>;

/** Creates a web-standard ReadableStream, for any runtime. It buffers one piece at most, and requests the next one when the piece was taken. */
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
