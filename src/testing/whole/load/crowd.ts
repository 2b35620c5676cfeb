// Opens many concurrent listeners of one URL, each with its own socket.

export interface Crowd {
  /**
   * Resolves when all connections have ended, with the number of bytes that each listener received.
   * The HTTP headers are counted, too. Rejects if a connection fails.
   */
  readonly ended: Promise<readonly number[]>;
  /** Resolves when each listener has received data. Stays pending if a listener receives nothing. */
  readonly listening: Promise<void>;
}

/**
 * Opens `count` listeners on `url`, which must use http and contain a port. The server has to end
 * the responses, because no listener closes its connection. The status of the responses is not
 * checked.
 */
export function gatherCrowd(url: string, headers: Record<string, string>, count: number): Crowd {
  const { hostname, port, pathname, search, host } = new URL(url);
  const lines = Object.entries({ ...headers, host, connection: "close" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const request = `GET ${pathname}${search} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  const listening: Promise<void>[] = [];
  const ended = Array.from({ length: count }, () => {
    const heard = Promise.withResolvers<void>();
    const end = Promise.withResolvers<number>();
    listening.push(heard.promise);
    let bytes = 0;
    Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        open(socket) {
          socket.write(request);
        },
        data(_socket, data) {
          bytes += data.length;
          heard.resolve();
        },
        close: () => end.resolve(bytes),
        error: (_socket, err) => end.reject(err),
      },
    }).catch(end.reject);
    return end.promise;
  });
  return { ended: Promise.all(ended), listening: Promise.all(listening).then(() => {}) };
}
