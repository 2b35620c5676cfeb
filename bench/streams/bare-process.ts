// Runs a minimal server that always sends the same 32 KB. Its speed is the upper limit for any server. The process
// prints its address.
const body = new Uint8Array(32 * 1024).fill(7);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => new Response(body, { headers: { "content-type": "audio/mpeg" } }),
});
process.stdout.write(`${server.url.origin}\n`);
