// Opens a byte stream to a Postgres server in Neon over a WebSocket, at the address that Neon's own driver would use.
import { Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { neonConfig } from "@neondatabase/serverless";

/** As long as more than this number of bytes is unsent, a write waits. */
const unsentBytesMax = 1024 * 1024;
const lookAgainMs = 2;

/**
 * Resolves when the socket is open. If the socket can't be opened, rejects with CONNECTION_CLOSED. If the open socket
 * fails, the stream is destroyed with CONNECTION_CLOSED. If the other side closes the socket, the stream is destroyed
 * without an error. Received bytes are kept in memory, without a limit, until they are read.
 */
export function openRelay(host: string, port: number): Promise<Duplex> {
  const { wsProxy, useSecureWebSocket } = neonConfig;
  const address = typeof wsProxy === "function" ? wsProxy(host, port) : `${wsProxy}?address=${host}:${port}`;
  const socket = new WebSocket(`${useSecureWebSocket ? "wss" : "ws"}://${address}`);
  socket.binaryType = "arraybuffer";
  const opened = Promise.withResolvers<Duplex>();
  const stream = new Duplex({
    read() {},
    async write(bytes: Uint8Array<ArrayBuffer>, _, done) {
      socket.send(bytes);
      while (socket.bufferedAmount > unsentBytesMax && socket.readyState === WebSocket.OPEN)
        await setTimeout(lookAgainMs);
      done();
    },
    final(done) {
      socket.close();
      done();
    },
    destroy(err, done) {
      socket.close();
      done(err);
    },
  });
  socket.onopen = () => opened.resolve(stream);
  socket.onmessage = ({ data }) => void stream.push(Buffer.from(data as ArrayBuffer));
  socket.onclose = () => {
    opened.reject(relayClosed());
    stream.destroy();
  };
  socket.onerror = () => {
    opened.reject(relayClosed());
    stream.destroy(relayClosed());
  };
  return opened.promise;
}

const relayClosed = (): Error =>
  Object.assign(new Error("The connection to the compute in Neon was closed."), {
    code: "CONNECTION_CLOSED",
  });
