// Builds the page and the console into web/dist with Vite, and compresses each script, style sheet,
// HTML and SVG file to a .br and a .gz copy. If a size budget is exceeded, the exit code is 1.
// With `--if-changed`, the build is skipped if the sources are the same as at the last successful build. A build that
// exceeds a budget is not successful.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const web = import.meta.dirname;
const dist = join(web, "dist");
const stamp = join(dist, ".sources");
/**
 * The budgets are maximum sizes in bytes after Brotli compression:
 * - FIRST_JS_BYTES_MAX is for all scripts of the page's first view together.
 * - VIEW_JS_BYTES_MAX is for each single script of the page that the first view does not load.
 * - CONSOLE_JS_BYTES_MAX is for all scripts of the console together.
 * - CSS_BYTES_MAX is for all style sheets of the page together.
 */
const FIRST_JS_BYTES_MAX = 30_000;
const VIEW_JS_BYTES_MAX = 8_000;
const CONSOLE_JS_BYTES_MAX = 120_000;
const CSS_BYTES_MAX = 8_000;
/** Only the development build of Solid contains this text. If a script contains the text, this build fails. */
const DEVELOPMENT_BUILD = "You appear to have multiple instances of Solid";

/** Returns a hash over the sources of the page and of the console, without tests, and over the lock file. */
async function hashSources(): Promise<string> {
  const names = (await readdir(web, { recursive: true }))
    .filter(
      (name) =>
        !name.startsWith("dist") &&
        !/^test|\.test\./.test(name) &&
        /\.(tsx?|css|html|svg|png|webmanifest|woff2|txt)$/.test(name),
    )
    .sort();
  const hash = new Bun.CryptoHasher("sha256");
  for (const path of [...names.map((name) => join(web, name)), join(web, "../bun.lock")])
    hash.update(path.slice(web.length)).update(await Bun.file(path).bytes());
  return hash.digest("hex");
}

/** Writes the compressed copies. Returns the bytes of the .br copy of each script and style sheet. */
async function compress(): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(dist, { recursive: true })) {
    if (!/\.(js|css|html|svg)$/.test(name)) continue;
    const path = join(dist, name);
    const bytes = await Bun.file(path).bytes();
    const isJs = name.endsWith(".js");
    if (isJs && new TextDecoder().decode(bytes).includes(DEVELOPMENT_BUILD))
      throw new Error("The bundle contains Solid's development build.");
    const brotli = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    if (isJs || name.endsWith(".css")) sizes.set(name, brotli.length);
    await Bun.write(`${path}.br`, brotli);
    await Bun.write(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
  return sizes;
}

/**
 * Yields one sentence for each exceeded budget. All scripts of the console share one large budget:
 * listeners don't load the console, so its size does not slow down the page that they load.
 */
function* overBudget(
  sizes: ReadonlyMap<string, number>,
  html: string,
  consoleNames: ReadonlySet<string>,
): Generator<string> {
  const isFirst = (name: string) => html.includes(`/${name}"`);
  const sum = (ending: string, of: (name: string) => boolean) =>
    [...sizes].reduce((total, [name, bytes]) => total + (name.endsWith(ending) && of(name) ? bytes : 0), 0);
  const isConsole = (name: string) => consoleNames.has(name);
  const first = sum(".js", isFirst);
  const css = sum(".css", (name) => !isConsole(name));
  const ofConsole = sum(".js", isConsole);
  console.log(
    `web: ${first} bytes of JavaScript for the first view, ${ofConsole} for the console, ${css} bytes of CSS (brotli)`,
  );
  if (first > FIRST_JS_BYTES_MAX) yield `the first view is over its budget of ${FIRST_JS_BYTES_MAX} bytes`;
  if (ofConsole > CONSOLE_JS_BYTES_MAX)
    yield `the console is over its budget of ${CONSOLE_JS_BYTES_MAX} bytes`;
  if (css > CSS_BYTES_MAX) yield `the style sheets are over their budget of ${CSS_BYTES_MAX} bytes`;
  for (const [name, bytes] of sizes)
    if (name.endsWith(".js") && !isFirst(name) && !isConsole(name) && bytes > VIEW_JS_BYTES_MAX)
      yield `${name} has ${bytes} bytes, over its budget of ${VIEW_JS_BYTES_MAX}`;
}

const assets = async (): Promise<string[]> => readdir(dist, { recursive: true });

const startedAt = performance.now();
const sources = await hashSources();
const isBuilt =
  (await Bun.file(stamp)
    .text()
    .catch(() => "")) === sources;
if (!(process.argv.includes("--if-changed") && isBuilt)) {
  // With another NODE_ENV, such as "test", Vite would make a development build.
  process.env.NODE_ENV = "production";
  // Vite is loaded only if a build is needed.
  const { build } = await import("vite");
  const { config, consoleConfig } = await import("./vite.config.ts");
  await build(config);
  const ofPage = new Set(await assets());
  await build(consoleConfig);
  const consoleNames = new Set((await assets()).filter((name) => !ofPage.has(name)));
  const sizes = await compress();
  const html = await Bun.file(join(dist, "index.html")).text();
  const faults = [...overBudget(sizes, html, consoleNames)];
  console.log(`web: built in ${Math.round(performance.now() - startedAt)} ms`);
  if (faults.length > 0) {
    for (const fault of faults) console.error(`web: ${fault}`);
    process.exit(1);
  }
  await Bun.write(stamp, sources);
}
