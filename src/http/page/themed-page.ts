// Writes the look of a business into the built page and its manifest, so that the first paint already has this look.
import { colourDeclarations, papersOf } from "../../apps/theme/colours.ts";
import type { Look } from "../../apps/theme/looks.ts";
import { htmlOf } from "../docs/schema-html.ts";

/** Returns the path of a font or a picture of a theme. */
const themeFile = ({ slug, version }: Look, name: string): string =>
  `/v1/themes/${slug}/files/${name}?v=${version}`;

/**
 * Returns the built page `shell` with the name, the texts, the colours, the font and the logo of the business. For each
 * of these that is missing in the theme, the page keeps the built value. If the business has no host of its own, the
 * paths of its pages begin with `base`, such as /b/acme.
 */
export function themedPage(shell: string, look: Look, base = ""): string {
  const { name, theme } = look;
  const { colours, font, logo, description } = theme;
  const papers = colours && papersOf(colours);
  // Functions return the replacements, because "$" has a special meaning in a replacement that is a string.
  const edits: readonly (readonly [RegExp, ((...groups: readonly string[]) => string) | undefined])[] = [
    [/<title>.*?<\/title>/, () => `<title>${htmlOf(name)}</title>`],
    [
      /(<meta name="description" content=")[^"]*/,
      description === undefined ? undefined : (_, start) => `${start}${htmlOf(description)}`,
    ],
    [/<link rel="preload"[^>]*as="font"[^>]*>/, font ? () => preloadOf(look) : undefined],
    [
      /(<meta name="theme-color" content=")[^"]*(" media="\(prefers-color-scheme: light\)")/,
      papers && ((_, start, end) => `${start}${papers.light}${end}`),
    ],
    [
      /(<meta name="theme-color" content=")[^"]*(" media="\(prefers-color-scheme: dark\)")/,
      papers && ((_, start, end) => `${start}${papers.dark}${end}`),
    ],
    [/<link rel="manifest" href="/, (start) => `${start}${base}`],
    [/<link rel="icon"[^>]*>/, logo ? () => `<link rel="icon" href="${themeFile(look, logo)}">` : undefined],
    [/<link rel="apple-touch-icon"[^>]*>/, logo ? () => "" : undefined],
    [/<\/head>/, (end) => `${openGraphOf(look)}<style>${themeStyle(look)}</style>${end}`],
  ];
  const themed = edits.reduce((html, [place, edit]) => (edit ? html.replace(place, edit) : html), shell);
  return withBusiness(themed, (known) => ({ ...known, ...businessOf(look, base) }));
}

/**
 * Returns the style that replaces colours and fonts, or "" if the theme has neither. No value is escaped, because every
 * value was checked before the theme was stored.
 */
export function themeStyle(look: Look): string {
  const { colours, font } = look.theme;
  const family = font && `"${font.family}",system-ui,sans-serif`;
  const declarations = [
    colours && colourDeclarations(colours),
    family && `--score:${family}`,
    family && font.use === "all" && `--ui:${family}`,
  ].filter(Boolean);
  const face = font?.file
    ? `@font-face{font-family:"${font.family}";src:url("${themeFile(look, font.file)}") format("woff2");font-weight:100 900;font-display:swap${font.range ? `;unicode-range:${font.range}` : ""}}`
    : "";
  return declarations.length > 0 ? `${face}:root{${declarations.join(";")}}` : "";
}

const preloadOf = (look: Look): string =>
  look.theme.font?.file
    ? `<link rel="preload" href="${themeFile(look, look.theme.font.file)}" as="font" type="font/woff2" crossorigin>`
    : "";

const openGraphOf = ({ name, theme }: Look): string =>
  `<meta property="og:site_name" content="${htmlOf(name)}"><meta property="og:title" content="${htmlOf(name)}">` +
  (theme.description ? `<meta property="og:description" content="${htmlOf(theme.description)}">` : "");

/**
 * Returns the page of the console as it is served at the address of one business. `usual` is the built page; this
 * function adds the languages of the business and `base` to it.
 */
export function themedConsole(usual: string, { theme }: Look, base = ""): string {
  const { languages } = theme;
  const added = { ...(base && { base }), ...(languages && { languages }) };
  return withBusiness(usual, (known) => ({ ...known, ...added }));
}

/** Changes the JSON in the element "business". "<" is escaped, because it could end the element. */
const withBusiness = (html: string, change: (known: Record<string, unknown>) => object): string =>
  html.replace(
    /(<script type="application\/json" id="business">)(.*?)(<\/script>)/s,
    (_, open: string, usual: string, close: string) =>
      `${open}${JSON.stringify(change(JSON.parse(usual) as Record<string, unknown>)).replaceAll("<", "\\u003c")}${close}`,
  );

/** Returns the data about the business that web/src/shell/business.ts reads. */
function businessOf(look: Look, base: string): object {
  const { languages, ideas, links, logo, signIn } = look.theme;
  return {
    ...{ slug: look.slug, name: look.name },
    ...(base && { base }),
    ...(languages && { languages }),
    ...(ideas && { ideas }),
    ...(links && { links }),
    ...(signIn && { signIn: signIn.url }),
    ...(logo && { logo: themeFile(look, logo) }),
  };
}

/** Returns the manifest with the theme. `usual` is the built manifest. */
export function themedManifest(usual: string, look: Look, base = ""): string {
  const { colours, logo, description } = look.theme;
  const paper = colours && papersOf(colours).light;
  return JSON.stringify({
    ...(JSON.parse(usual) as Record<string, unknown>),
    ...{ name: look.name, short_name: look.name },
    ...{ id: `${base}/`, start_url: `${base}/`, scope: `${base}/` },
    ...(description && { description }),
    ...(paper && { background_color: paper, theme_color: paper }),
    ...(logo && { icons: [{ src: themeFile(look, logo), sizes: "any", purpose: "any" }] }),
  });
}
