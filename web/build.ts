// Builds the page into web/dist: hashed assets with .br and .gz beside each. `--if-changed` does nothing where the sources are
// the ones that dist was built from.
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const web = import.meta.dir;
const dist = join(web, "dist");
/** Their names carry their version, since they are served as never changing. */
const fonts = join(web, "src/fonts");
const stamp = join(dist, ".sources");
const JS_BYTES_MAX = 30_000;
/** Words that only Solid's development build contains. */
const DEVELOPMENT_BUILD = "You appear to have multiple instances of Solid";

/** A hash over every source of the page and the lock file. */
async function hashSources(): Promise<string> {
  const names = (await readdir(web, { recursive: true }))
    .filter(
      (name) =>
        !name.startsWith("dist") && !/^test|\.test\./.test(name) && /\.(tsx?|css|html|svg|woff2)$/.test(name),
    )
    .sort();
  const hash = new Bun.CryptoHasher("sha256");
  for (const path of [...names.map((name) => join(web, name)), join(web, "../bun.lock")])
    hash.update(path.slice(web.length)).update(await Bun.file(path).bytes());
  return hash.digest("hex");
}

async function build(): Promise<Bun.BuildArtifact[]> {
  // Babel is loaded only when something is built.
  const { solidPlugin } = await import("./solid-plugin.ts");
  const shared = {
    outdir: dist,
    target: "browser",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
  } as const;
  const page = await Bun.build({
    ...shared,
    entrypoints: [join(web, "index.html")],
    publicPath: "/",
    // Bun would write the font into the style sheet; beside it, it is cached and holds nothing up.
    external: ["/assets/*"],
    naming: {
      chunk: "assets/[name]-[hash].[ext]",
      asset: "assets/[name]-[hash].[ext]",
      entry: "[name].[ext]",
    },
    plugins: [solidPlugin],
  });
  const worker = await Bun.build({ ...shared, entrypoints: [join(web, "src/sw.ts")], naming: "sw.js" });
  for (const font of await readdir(fonts))
    await Bun.write(join(dist, "assets", font), Bun.file(join(fonts, font)));
  await preloadFont();
  return [...page.outputs, ...worker.outputs];
}

/** The bundler can't leave a link to the font alone in the source, so the built page gets it. */
async function preloadFont(): Promise<void> {
  const path = join(dist, "index.html");
  const font = (await readdir(fonts)).find((name) => name.endsWith(".woff2"));
  const link = `<link rel="preload" href="/assets/${font}" as="font" type="font/woff2" crossorigin />`;
  await Bun.write(path, (await Bun.file(path).text()).replace("</title>", `</title>\n    ${link}`));
}

/** Writes the compressed copies and returns the bytes of JavaScript that a browser downloads. */
async function compress(outputs: Bun.BuildArtifact[]): Promise<number> {
  let jsBytes = 0;
  for (const output of outputs) {
    if (!/\.(js|css|html|svg)$/.test(output.path)) continue;
    const bytes = await Bun.file(output.path).bytes();
    const isJs = output.path.endsWith(".js");
    if (isJs && new TextDecoder().decode(bytes).includes(DEVELOPMENT_BUILD))
      throw new Error("The bundle holds Solid's development build.");
    const brotli = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    if (isJs) jsBytes += brotli.length;
    await Bun.write(`${output.path}.br`, brotli);
    await Bun.write(`${output.path}.gz`, gzipSync(bytes, { level: 9 }));
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
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const jsBytes = await compress(await build());
  console.log(
    `web: ${jsBytes} bytes of JavaScript (brotli), ${Math.round(performance.now() - startedAt)} ms`,
  );
  if (jsBytes > JS_BYTES_MAX) {
    console.error(`web: over the budget of ${JS_BYTES_MAX} bytes`);
    process.exit(1);
  }
  await Bun.write(stamp, sources);
}
