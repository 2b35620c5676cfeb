// Requests an event stream on a paused socket, so that nothing is read until the test resumes the socket.
import { connect, type Socket } from "node:net";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { type StreamServer, testBusinessId } from "./stream-server.ts";

export const keyOf = (path: string): StreamKey => ({ businessId: testBusinessId, path });

/**
 * Requests the stream's events from the beginning. Returns the paused socket, which the caller has
 * to destroy. Errors of the socket are ignored.
 */
export function ask(server: StreamServer, path: string): Socket {
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write(`GET /v1/stream/${path}?offset=-1&live=sse HTTP/1.1\r\nHost: x\r\n\r\n`);
  return socket;
}
