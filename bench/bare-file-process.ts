// Runs a minimal server that responds to range requests for one file. The first argument is the path of the file. The
// server checks no access, reads no database, and leaves the reading of the file to Bun. bench/finished-audio.ts
// compares Rondo with this server. The process prints the server's address.
export {};
const file = Bun.file(process.argv[2] ?? "");
const { size } = file;
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
    const end = last === "" ? size : Math.min(Number(last) + 1, size);
    const headers = { "content-type": "audio/mpeg", "content-range": `bytes ${first}-${end - 1}/${size}` };
    return new Response(file.slice(Number(first), end), { status: 206, headers });
  },
});
process.stdout.write(`${server.url.origin}\n`);
