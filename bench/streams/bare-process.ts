// Runs a minimal server that always sends the same 32 KiB. The speed of this server is the upper
// limit for a server on Bun. The process prints the address of the server.
const body = new Uint8Array(32 * 1024).fill(7);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => new Response(body, { headers: { "content-type": "audio/mpeg" } }),
});
process.stdout.write(`${server.url.origin}\n`);
