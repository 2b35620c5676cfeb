// Bodies by Bun's own streams: a piece goes to the socket in the call that gives it, without a promise or a copy.
import type { BodySink, BodySource, OpenBody } from "./streams/body.ts";
import { createUnsentBytes } from "./unsent-bytes.ts";

type Server = Pick<Bun.Server<undefined>, "requestIP" | "timeout">;

export interface DirectBodies {
  readonly openBody: OpenBody;
  /** Called once the server listens. `idleSeconds`: after so long without a byte it closes a connection. */
  servedBy(server: Server, idleSeconds: number): void;
}

export function createDirectBodies(): DirectBodies {
  const unsentBytes = createUnsentBytes();
  let served: { readonly server: Server; readonly idleSeconds: number } | undefined;

  /** What is small goes at the end of the turn; Bun holds what the socket did not take, and resolves when it has gone: https://bun.com/docs/runtime/streams#direct-readablestream */
  const sinkOf = (controller: ReadableStreamDirectController, request: Request | undefined): BodySink => {
    const peer = request && served?.server.requestIP(request);
    return {
      write(bytes) {
        const taken = controller.write(bytes as Uint8Array<ArrayBuffer>);
        return typeof taken === "number" ? undefined : taken;
      },
      end() {
        // The connection may be kept for the next request.
        if (request) served?.server.timeout(request, served.idleSeconds);
        void controller.end();
      },
      cutOff: () => controller.close(new Error("The listener was cut off.")),
      unsentBytes: async () => (peer ? unsentBytes(peer) : undefined),
    };
  };

  return {
    servedBy(server, idleSeconds) {
      served = { server, idleSeconds };
    },
    openBody({ begin, left }: BodySource, request) {
      // Bun sees only its own writes, and a slow listener's socket takes none for minutes: listenerBody judges instead.
      if (request) served?.server.timeout(request, 0);
      const source: Bun.DirectUnderlyingSource<Uint8Array> = {
        type: "direct",
        pull: (controller) => begin(sinkOf(controller, request)),
        cancel: left,
      };
      // The web's own types, which stand beside Bun's, do not know the kind.
      return new ReadableStream(source as unknown as UnderlyingDefaultSource<Uint8Array>);
    },
  };
}
