// Reads the folder of an app as one document. The folder contains tables/*.json, query-specs/*.json, theme.json, the
// files of theme/ (.woff2, .svg, .png), and app.json, which contains the version of the format.
// Each of these files and folders can be absent. A schema.json in tables/ or query-specs/ is
// ignored.
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseExactJson } from "../exact-json.ts";
import { AppError } from "../errors.ts";
import type { SpecFault } from "../queries/spec/faults.ts";
import { isObject } from "../queries/spec/json-reader.ts";
import { appFormat } from "./app.ts";
import { appInvalid } from "./changes/change-app.ts";

/**
 * Reads the folder of an app. If app.json is absent, the format is the current one. These files are ignored:
 * - all files that the comment at the top of this module does not list
 * - the files of theme/ if theme.json is absent, or if the folder theme/ can't be listed
 *
 * Errors:
 * - NOT_FOUND: the folder of the app can't be read.
 * - APP_INVALID: some files can't be read or parsed. One error has the faults of all these files.
 * - APP_INVALID: app.json contains no format. This fault is reported only if there are no other faults.
 *
 * The rest of the document is not checked here.
 */
export async function readAppFolder(folder: string): Promise<unknown> {
  const faults: SpecFault[] = [];
  const top = await readdir(folder).catch((cause: unknown) => {
    throw new AppError("NOT_FOUND", `The folder ${folder} can't be read.`, {
      hint: "Check the path.",
      cause,
    });
  });
  /** Returns the result of `step`. If `step` fails, adds a fault and returns `absent`. */
  const trying = async <T>(
    file: string,
    kind: "file" | "folder",
    absent: T,
    step: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await step();
    } catch (err) {
      const { code = String(err) } = err as NodeJS.ErrnoException;
      faults.push({ file, at: "", message: `The ${kind} can't be read (${code}).` });
      return absent;
    }
  };
  const read = async (file: string): Promise<unknown> => {
    const text = await trying(file, "file", undefined, () => readFile(join(folder, file), "utf8"));
    if (text === undefined) return undefined;
    const parsed = parseExactJson(text);
    if (!("fault" in parsed)) return parsed.value;
    faults.push({ file, at: "", message: parsed.fault });
    return undefined;
  };
  const readAll = async (name: string): Promise<Record<string, unknown>> => {
    const files = top.includes(name)
      ? await trying(name, "folder", [], () => readdir(join(folder, name)))
      : [];
    const entries: [string, unknown][] = [];
    for (const file of files.filter((one) => one.endsWith(".json") && one !== "schema.json").toSorted())
      entries.push([basename(file, ".json"), await read(`${name}/${file}`)]);
    return Object.fromEntries(entries);
  };
  const tables = await readAll("tables");
  const querySpecs = await readAll("query-specs");
  const theme = top.includes("theme.json")
    ? {
        theme: withFiles(
          await read("theme.json"),
          await trying("theme", "folder", {}, () => readFiles(join(folder, "theme"))),
        ),
      }
    : {};
  const own = top.includes("app.json") ? await read("app.json") : { format: appFormat };
  const format = isObject(own) ? own.format : undefined;
  if (format === undefined && faults.length === 0)
    faults.push({
      file: "app.json",
      at: "",
      message: `The file has to contain an object with "format": ${appFormat}.`,
    });
  if (faults.length > 0) throw appInvalid(faults);
  return { format, tables, querySpecs, ...theme };
}

/** Returns the fonts and pictures of a theme as base64, by file name. Returns none if the folder can't be listed. */
async function readFiles(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.(?:woff2|svg|png)$/.test(name)).toSorted();
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name), "base64")])),
  );
}

const withFiles = (theme: unknown, files: Record<string, string>): unknown =>
  isObject(theme) && Object.keys(files).length > 0 ? { ...theme, files } : theme;
