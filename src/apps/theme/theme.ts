// Defines the theme of a business's page as JSON: name, colours, font, logo, ideas (example prompts), languages and
// links. A theme is checked before it is stored.
import { z } from "zod";
import type { FaultList } from "../../queries/spec/faults.ts";
import { isObject, type JsonObject } from "../../queries/spec/json-reader.ts";
import { unreadable } from "./colours.ts";

/** The languages in which the page is available. */
export const pageLanguages = ["en", "de", "ar"] as const;
export type PageLanguage = (typeof pageLanguages)[number];

const fileName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,60}\.(?:woff2|svg|png)$/,
    "The name of a .woff2, .svg or .png file in the folder theme/ is needed, in lower case.",
  );
const colour = z.string().regex(/^#[0-9a-f]{6}$/i, "A colour such as #c2370f is needed.");
const language = z.enum(pageLanguages);
const idea = z.string().trim().min(1).max(200);

const themeSchema = z.strictObject({
  name: z.string().trim().min(1).max(60).optional(),
  description: z.string().max(200).optional(),
  colours: z.strictObject({ paper: colour, ink: colour, soft: colour, accent: colour }).optional(),
  font: z
    .strictObject({
      family: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9 -]{0,60}$/, "The name may have letters, digits, spaces and hyphens."),
      /** The file of the font. Without a file, a font that is installed on the reader's machine is used. */
      file: fileName.optional(),
      /** The characters for which the file is used. Other characters use the page's default font. */
      range: z
        .string()
        .max(200)
        .regex(
          /^U\+[0-9A-F]{1,6}(?:-[0-9A-F]{1,6})?(?:, ?U\+[0-9A-F]{1,6}(?:-[0-9A-F]{1,6})?)*$/,
          "Ranges of characters such as U+0600-06FF, U+0750-077F are needed.",
        )
        .optional(),
      /** The text that uses the font. "titles": the titles of pieces, the headings and the name. "all": all text. */
      use: z.enum(["titles", "all"]).default("titles"),
    })
    .optional(),
  logo: fileName.optional(),
  ideas: z.partialRecord(language, z.array(idea).min(1).max(40)).optional(),
  languages: z.array(language).min(1).optional(),
  links: z
    .array(
      z.strictObject({
        text: z.partialRecord(language, z.string().min(1).max(60)),
        url: z.url({ protocol: /^https?$/, error: "An address with http:// or https:// is needed." }),
      }),
    )
    .max(8)
    .optional(),
  /** The sign-in of the business itself, which replaces the accounts of Rondo. */
  signIn: z
    .strictObject({
      url: z.url({ protocol: /^https?$/, error: "An address with http:// or https:// is needed." }),
    })
    .optional(),
  /** The content of the files, as base64. In the folder of an app, the files are in theme/. */
  files: z.record(fileName, z.base64()).optional(),
});

export type Theme = z.infer<typeof themeSchema>;

/**
 * Adds the faults of the theme, each with its position below /theme. The contrast of the colours
 * and missing files are checked only if all fields are valid. The content of the files is not
 * checked.
 */
export function checkTheme(faults: FaultList, raw: JsonObject): void {
  const read = themeSchema.safeParse(raw);
  for (const { path, message } of read.error?.issues ?? [])
    faults.add(
      ["/theme", ...path.map(String)].join("/"),
      message,
      "docs/guides/your-own-look.md lists the fields.",
    );
  if (!read.success) return;
  const { colours, font, logo, files = {} } = read.data;
  for (const { at, message } of colours ? unreadable(colours) : [])
    faults.add(`/theme/colours/${at}`, message);
  for (const [at, name] of [
    ["font/file", font?.file],
    ["logo", logo],
  ] as const)
    if (name !== undefined && files[name] === undefined)
      faults.add(
        `/theme/${at}`,
        `The file theme/${name} is missing.`,
        "Put it beside theme.json in the folder theme/.",
      );
}

/**
 * Returns a stored theme for the page, or an empty theme if `stored` is missing or invalid. A stored
 * theme can be invalid, because earlier versions of Rondo stored themes without a check.
 */
export const themeOf = (stored: unknown): Theme => {
  const read = themeSchema.safeParse(isObject(stored) ? stored : {});
  return read.success && !(read.data.colours && unreadable(read.data.colours).length) ? read.data : {};
};
