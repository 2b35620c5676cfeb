// Starts a TCP proxy to a server. With the proxy, a test can cut and restore the connection, or lose a response. The
// server itself keeps running and keeps its data.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface BreakableLink extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection, and refuses new connections until `mend` is called. */
  cut(): Promise<void>;
  /** Accepts connections again, at the same port. Must be called only after `cut`. */
  mend(): Promise<void>;
  /**
   * Loses the response to the next request that contains this text. The request reaches the server. When the server
   * responds, the response is discarded, and the connection is ended. The text must arrive in one piece. A second call
   * replaces the text of the first call.
   */
  loseAnswerTo(text: string): void;
}

export async function openLink(target: {
  readonly host: string;
  readonly port: number;
}): Promise<BreakableLink> {
  const sockets = new Set<Socket>();
  let lost: string | undefined;
  let port = 0;

  const join = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const open = () =>
    createServer((client) => {
      const server = connect(target.port, target.host);
      join(client);
      join(server);
      let losesAnswer = false;
      client.on("data", (data) => {
        if (lost !== undefined && data.includes(lost)) {
          lost = undefined;
          losesAnswer = true;
        }
        server.write(data);
      });
      server.on("data", (data) => {
        if (losesAnswer) client.destroy();
        else client.write(data);
      });
      client.on("close", () => server.destroy());
      server.on("close", () => client.destroy());
    });
  let listening = open();

  const listen = () =>
    new Promise<void>((resolve, reject) => {
      listening.once("error", reject);
      listening.listen(port, "127.0.0.1", () => {
        port = (listening.address() as AddressInfo).port;
        resolve();
      });
    });
  const cut = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => listening.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  await listen();
  return {
    get port() {
      return port;
    },
    cut,
    async mend() {
      listening = open();
      await listen();
    },
    loseAnswerTo(text) {
      lost = text;
    },
    [Symbol.asyncDispose]: cut,
  };
}
