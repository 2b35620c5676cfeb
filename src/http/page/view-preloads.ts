// Lists the files and the API responses that a view of the app needs first, so that the browser requests them together
// with the app's script.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A part of the build, as Vite's manifest describes it: https://vite.dev/guide/backend-integration */
interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly css?: readonly string[];
  /** The keys of the chunks that this chunk imports. */
  readonly imports?: readonly string[];
}
type Manifest = Readonly<Record<string, Chunk>>;

export const manifestName = ".vite/manifest.json";

/**
 * The paths of the views that web/src/app.tsx loads, and their modules. The view at / needs no entry: its first part is
 * in the app's script, and the rest, which is the list of pieces, is loaded later.
 */
const modules: readonly (readonly [RegExp, string])[] = [
  [/^\/p\//, "src/piece/piece-page.tsx"],
  [/^\/a\//, "src/albums/album-page.tsx"],
  [/^\/albums$/, "src/albums/album-list.tsx"],
  [/^\/trash$/, "src/shelf/trash-page.tsx"],
  [/^\/(?:me|reset-password|verify-email|sign-in)$/, "src/account/account-views.tsx"],
];

const sessionPath = "/v1/accounts/session";
/** The first request for the list of pieces, as web/src/library/create-library.ts sends it. */
const listPath = "/v1/queries/tracks.list?limit=30";

interface ViewRequest {
  readonly hasSession: boolean;
  /** The beginning of the paths of a business that has no host of its own, such as /b/acme. */
  readonly base?: string | undefined;
}

/**
 * Creates the function that returns the value of the `Link` header (RFC 8288) for the path of a
 * view. The path doesn't include `base`. A path that is not in `modules` gets only the links to API
 * responses. `directory` is the output folder of the web build. Its manifest is read only when the
 * function is created.
 */
export async function createViewPreloads(directory: string) {
  const manifest = await readManifest(directory);
  const files = new Map(modules.map(([, name]) => [name, [...linksOf(manifest, name)]]));
  return (path: string, { hasSession, base = "" }: ViewRequest): string => {
    const [, name] = modules.find(([address]) => address.test(path)) ?? [];
    // Without a session, the request for the list of pieces would be refused.
    const answers = hasSession ? [sessionPath, listPath] : [sessionPath];
    return [
      ...(files.get(name ?? "") ?? []),
      ...answers.map((at) => `<${base}${at}>; rel=preload; as=fetch; crossorigin`),
    ].join(", ");
  };
}

/**
 * Returns the links of a chunk and its imports, without the app's own script, because the page itself loads it.
 */
function linksOf(manifest: Manifest, key: string, known = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || chunk.isEntry) return known;
  known.add(`</${chunk.file}>; rel=modulepreload`);
  for (const css of chunk.css ?? []) known.add(`</${css}>; rel=preload; as=style; crossorigin`);
  for (const next of chunk.imports ?? []) linksOf(manifest, next, known);
  return known;
}

/** Returns an empty manifest if the page is not built. */
const readManifest = async (directory: string): Promise<Manifest> =>
  readFile(join(directory, manifestName), "utf8").then(
    (text) => JSON.parse(text) as Manifest,
    (err: NodeJS.ErrnoException) => {
      if (err.code === "ENOENT") return {};
      throw err;
    },
  );
