// Runs a proxy in Node that reuses its connections to the server, as usual proxies do. The argument is the port of the
// server.
import { Agent, createServer, request } from "node:http";

const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true });

const server = createServer((asked, answer) => {
  const { url: path, method, headers } = asked;
  const passed = request({ host: "127.0.0.1", port, path, method, headers, agent }, (answered) => {
    answer.writeHead(answered.statusCode, answered.headers);
    answered.pipe(answer);
    answered.once("error", () => answer.destroy());
  });
  passed.once("error", () => answer.destroy());
  answer.once("close", () => passed.destroy());
  asked.pipe(passed);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
