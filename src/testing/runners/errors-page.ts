// Writes the table of docs/reference/errors.md from the meanings of the error codes. Run it with
// `bun src/testing/runners/errors-page.ts`.
import { updateFile } from "./update-file.ts";
import type { ErrorCode } from "../../errors.ts";
import { markdownTable, withTable } from "../../markdown-table.ts";
import { statusOf } from "../../http/answers/problem.ts";
import { errorMeanings } from "../../http/openapi/error-meanings.ts";

export const errorsPageFile = new URL("../../../docs/reference/errors.md", import.meta.url);

/** Returns the page with the table replaced and the rest unchanged. */
export const errorsPageOf = (page: string): string => withTable(page, tableText());

const tableText = (): string =>
  markdownTable([
    ["Code", "Status", "Meaning", "What to do"],
    ...(Object.keys(errorMeanings) as ErrorCode[]).map((code) => [
      `\`${code}\``,
      `${statusOf[code]}`,
      errorMeanings[code].meaning,
      errorMeanings[code].whatToDo,
    ]),
  ]);

if (import.meta.main) await updateFile(errorsPageFile, errorsPageOf(await Bun.file(errorsPageFile).text()));
