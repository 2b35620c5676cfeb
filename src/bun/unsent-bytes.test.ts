// Tests that the number of unsent bytes is read for the given connection, even if another
// connection has the same local port or the same remote port.
import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { createUnsentBytes } from "./unsent-bytes.ts";
import { until } from "../testing/until.ts";

for (const host of ["127.0.0.1", "::"]) {
  test.skipIf(process.platform !== "linux")(
    `unsent bytes are counted for each connection separately (server on ${host})`,
    async () => {
      const served: Socket[] = [];
      const server = createServer((socket) => served.push(socket));
      server.listen(0, host);
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const clients = await Promise.all(
        [0, 1].map(async () => {
          const client = connect(port, "127.0.0.1").pause();
          await once(client, "connect");
          return client;
        }),
      );
      await until("both are accepted", () => served.length === 2);
      const [stopped, idle] = clients.map(({ localPort: remotePort = 0 }) => ({
        localPort: port,
        remoteAddress: "127.0.0.1",
        remotePort,
      }));
      served.find(({ remotePort }) => remotePort === stopped?.remotePort)?.write(new Uint8Array(16 << 20));
      const unsentBytes = createUnsentBytes();
      await until("the reader is behind", async () => ((await unsentBytes(stopped!)) ?? 0) > 0);
      expect(await unsentBytes(idle!)).toBe(0);
      for (const socket of [...clients, ...served]) socket.destroy();
      server.close();
    },
  );
}

test.skipIf(process.platform !== "linux" || Bun.which("python3") === null)(
  "two connections from the same remote port to different local ports are distinguished",
  async () => {
    const served: Socket[] = [];
    const ports: number[] = [];
    for (let made = 0; made < 2; made++) {
      const server = createServer((socket) => served.push(socket));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      server.unref();
      ports.push((server.address() as AddressInfo).port);
    }
    // A Python script is used, because it can bind two sockets to one local port and node:net can't.
    const script = `import socket,sys,time
port=0
for to in sys.argv[1:]:
    s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEPORT,1); s.bind(("127.0.0.1",port))
    s.connect(("127.0.0.1",int(to))); port=s.getsockname()[1]; globals()["s"+to]=s
time.sleep(60)`;
    const child = Bun.spawn(["python3", "-c", script, ...ports.map(String)], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    try {
      await until("both are accepted", () => served.length === 2);
      const remotePort = served[0]?.remotePort ?? 0;
      expect(served[1]?.remotePort).toBe(remotePort);
      served.find(({ localPort }) => localPort === ports[1])?.write(new Uint8Array(16 << 20));
      const unsentBytes = createUnsentBytes();
      const of = (localPort = 0) => unsentBytes({ localPort, remoteAddress: "127.0.0.1", remotePort });
      await until("the second reader is behind", async () => ((await of(ports[1])) ?? 0) > 0);
      expect(await of(ports[0])).toBe(0);
    } finally {
      child.kill();
      for (const socket of served) socket.destroy();
    }
  },
);
