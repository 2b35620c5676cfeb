// Starts nginx with the deployment's configuration in front of a test's server.
import { freePort } from "./free-port.ts";
import { join } from "node:path";
import { createTemporaryDirectory } from "../temporary-directory.ts";
import { answersAt, startProgram } from "./started-program.ts";

export interface Proxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

const configuration = join(import.meta.dirname, "../../../deploy/nginx.conf");

/**
 * Resolves when nginx answers. `inside` is the port of the test's server on 127.0.0.1.
 * `isUnlimited` removes the limits per address, for a client that sends more requests than a
 * listener would.
 */
export async function startNginxProxy(inside: number, { isUnlimited = false } = {}): Promise<Proxy> {
  await using started = new AsyncDisposableStack();
  const directory = started.use(await createTemporaryDirectory());
  const port = freePort();
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${directory.path}/${name};`,
  );
  const deployed = await Bun.file(configuration).text();
  const local = deployed
    // The host names of the Docker Compose services are replaced, because nginx resolves host names when it starts.
    .replaceAll(/api-\d:3000/g, `127.0.0.1:${inside}`)
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace("http {", `http {\naccess_log off;\n${folders.join("\n")}`)
    .replaceAll(/^ *limit_(req|conn)\b.*$/gm, (line) => (isUnlimited ? "" : line));
  const file = join(directory.path, "nginx.conf");
  await Bun.write(
    file,
    `daemon off;\nmaster_process off;\npid ${directory.path}/nginx.pid;\nerror_log stderr;\n${local}`,
  );
  const url = `http://127.0.0.1:${port}`;
  const command = ["nginx", "-c", file, "-p", directory.path];
  started.use(await startProgram({ command, isReady: answersAt(url) }));
  const all = started.move();
  return { url, port, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
