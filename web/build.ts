// Builds the page into web/dist with Vite: hashed assets with .br and .gz beside each. `--if-changed` does nothing where the
// sources are the ones that dist was built from.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const web = import.meta.dirname;
const dist = join(web, "dist");
const stamp = join(dist, ".sources");
const JS_BYTES_MAX = 30_000;
/** A sentence that only Solid's development build contains. */
const DEVELOPMENT_BUILD = "You appear to have multiple instances of Solid";

/** A hash over every source of the page and the lock file. */
async function hashSources(): Promise<string> {
  const names = (await readdir(web, { recursive: true }))
    .filter(
      (name) =>
        !name.startsWith("dist") &&
        !/^test|\.test\./.test(name) &&
        /\.(tsx?|css|html|svg|woff2|txt)$/.test(name),
    )
    .sort();
  const hash = new Bun.CryptoHasher("sha256");
  for (const path of [...names.map((name) => join(web, name)), join(web, "../bun.lock")])
    hash.update(path.slice(web.length)).update(await Bun.file(path).bytes());
  return hash.digest("hex");
}

/** Writes the compressed copies and returns the bytes of JavaScript that a browser downloads. */
async function compress(): Promise<number> {
  let jsBytes = 0;
  for (const name of await readdir(dist, { recursive: true })) {
    if (!/\.(js|css|html|svg)$/.test(name)) continue;
    const path = join(dist, name);
    const bytes = await Bun.file(path).bytes();
    const isJs = name.endsWith(".js");
    if (isJs && new TextDecoder().decode(bytes).includes(DEVELOPMENT_BUILD))
      throw new Error("The bundle holds Solid's development build.");
    const brotli = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    if (isJs) jsBytes += brotli.length;
    await Bun.write(`${path}.br`, brotli);
    await Bun.write(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
  return jsBytes;
}

const startedAt = performance.now();
const sources = await hashSources();
const isBuilt =
  (await Bun.file(stamp)
    .text()
    .catch(() => "")) === sources;
if (!(process.argv.includes("--if-changed") && isBuilt)) {
  // Vite would make a development build where this is "test" or "development".
  process.env.NODE_ENV = "production";
  // It is loaded only when something is built.
  const { build } = await import("vite");
  const { config } = await import("./vite.config.ts");
  await build(config);
  const jsBytes = await compress();
  console.log(
    `web: ${jsBytes} bytes of JavaScript (brotli), ${Math.round(performance.now() - startedAt)} ms`,
  );
  if (jsBytes > JS_BYTES_MAX) {
    console.error(`web: over the budget of ${JS_BYTES_MAX} bytes`);
    process.exit(1);
  }
  await Bun.write(stamp, sources);
}
