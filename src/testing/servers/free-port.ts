// Finds a port of 127.0.0.1 that no program listens on, for servers that can't choose a free port
// themselves. The port is not reserved: another program can take it before the server starts.

export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
