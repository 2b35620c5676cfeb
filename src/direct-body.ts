// Bodies by Bun's own streams: a piece goes to the socket in the call that gives it, without a promise or a copy.
import type { BodySink, OpenBody } from "./streams/body.ts";

/** What is small goes at the end of the turn; Bun holds what the socket did not take, and resolves when it has gone: https://bun.com/docs/runtime/streams#direct-readablestream */
const sinkOf = (controller: ReadableStreamDirectController): BodySink => ({
  write(bytes) {
    const taken = controller.write(bytes as Uint8Array<ArrayBuffer>);
    return typeof taken === "number" ? undefined : taken;
  },
  end: () => void controller.end(),
  cutOff: () => controller.close(new Error("The listener was cut off.")),
});

export const openDirectBody: OpenBody = ({ begin, left }) => {
  const source: Bun.DirectUnderlyingSource<Uint8Array> = {
    type: "direct",
    pull: (controller) => begin(sinkOf(controller)),
    cancel: left,
  };
  // The web's own types, which stand beside Bun's, do not know the kind.
  return new ReadableStream(source as unknown as UnderlyingDefaultSource<Uint8Array>);
};
