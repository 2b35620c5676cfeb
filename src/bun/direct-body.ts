// Opens response bodies as Bun's direct streams. Each write passes its bytes to Bun at once. A write
// returns a promise only if the socket is full.
import type { BodySink, BodySource, OpenBody } from "../streams/relay/body.ts";
import { originalOf } from "../original-request.ts";
import { createUnsentBytes } from "./unsent-bytes.ts";

type Server = Pick<Bun.Server<undefined>, "port" | "requestIP" | "timeout">;

export interface DirectBodies {
  readonly openBody: OpenBody;
  /**
   * Must be called as soon as the server listens. For bodies that are opened before this call, the
   * idle timeout stays on. `idleSeconds` is the time without a byte after which the server closes a
   * connection.
   */
  servedBy(server: Server, idleSeconds: number): void;
}

export function createDirectBodies(): DirectBodies {
  const unsentBytes = createUnsentBytes();
  let served: { readonly server: Server; readonly idleSeconds: number } | undefined;

  /**
   * Bun flushes small writes at the end of the tick. If the socket is full, Bun buffers the bytes, and the promise of
   * the write resolves when they are sent: https://bun.com/docs/runtime/streams#direct-readablestream
   */
  const sinkOf = (controller: ReadableStreamDirectController, request: Request | undefined): BodySink => {
    const peer = request && served?.server.requestIP(originalOf(request));
    const localPort = served?.server.port;
    const connection =
      peer && localPort !== undefined
        ? { localPort, remoteAddress: peer.address, remotePort: peer.port }
        : undefined;
    return {
      write(bytes) {
        const taken = controller.write(bytes as Uint8Array<ArrayBuffer>);
        return typeof taken === "number" ? undefined : taken;
      },
      end() {
        // The idle timeout is set again, because the connection may serve another request.
        if (request) served?.server.timeout(originalOf(request), served.idleSeconds);
        void controller.end();
      },
      cutOff: () => controller.close(new Error("The listener was disconnected.")),
      unsentBytes: async () => (connection ? unsentBytes(connection) : undefined),
    };
  };

  return {
    servedBy(server, idleSeconds) {
      served = { server, idleSeconds };
    },
    openBody({ begin, left }: BodySource, request) {
      // Bun's idle timeout would end the responses of slow listeners, because only a write to the socket resets it, and
      // the full socket of a slow listener can accept no write for minutes. So the timeout is disabled here, and
      // `listenerBody` detects stalled listeners.
      if (request) served?.server.timeout(originalOf(request), 0);
      const source: Bun.DirectUnderlyingSource<Uint8Array> = {
        type: "direct",
        pull: (controller) => begin(sinkOf(controller, request)),
        cancel: left,
      };
      // The DOM types, which are loaded in addition to Bun's types, don't know direct streams.
      return new ReadableStream(source as unknown as UnderlyingDefaultSource<Uint8Array>);
    },
  };
}
