// Runs a bare Bun.serve that has no store. The arguments are the number of listeners, the number of
// chunks, and the pause before each chunk in milliseconds. When all listeners are connected, the
// server sends chunks of 16,000 bytes as server-sent events to all of them. The cost of this server
// is the minimum for any server that sends to many listeners.
const [listenersText = "1", chunksText = "1", paceText = "500"] = process.argv.slice(2);
const [listeners, chunks, paceMs] = [listenersText, chunksText, paceText].map(Number) as [
  number,
  number,
  number,
];
const chunkBytes = 16_000;
const told = new Set<ReadableStreamDirectController>();

function eventsOf(isLast: boolean): Uint8Array<ArrayBuffer> {
  const chunk = Buffer.alloc(chunkBytes);
  chunk.writeDoubleBE(performance.timeOrigin + performance.now());
  const says = isLast ? { streamClosed: true } : { upToDate: true };
  const data = `event: data\nid: 1\ndata:${chunk.toString("base64")}\n\n`;
  return new TextEncoder().encode(`${data}event: control\ndata:${JSON.stringify(says)}\n\n`);
}

async function tellAll(): Promise<void> {
  for (let i = 0; i < chunks; i++) {
    await Bun.sleep(paceMs);
    const events = eventsOf(i === chunks - 1);
    for (const listener of told) void listener.write(events);
  }
  for (const listener of told) listener.close();
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  fetch() {
    const source: Bun.DirectUnderlyingSource<Uint8Array> = {
      type: "direct",
      pull(controller) {
        void controller.write('event: control\ndata:{"upToDate":true}\n\n');
        if (told.add(controller).size === listeners) void tellAll();
      },
    };
    return new Response(new ReadableStream(source as unknown as UnderlyingDefaultSource));
  },
});
process.stdout.write(`http://127.0.0.1:${server.port}\n`);
export {};
