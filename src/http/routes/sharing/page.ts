// Writes the page of a shared link as one document: the cover, the player, and the texts for previews on other sites.
import { htmlOf } from "../../docs/schema-html.ts";
import { coverSvg } from "../../../sharing/cover.ts";
import type { PageLanguage } from "../../../apps/theme/theme.ts";
import { sharedWords } from "./words.ts";
import type { SharedMusic, SharedPiece } from "../../../sharing/open-share.ts";
import { sharedScript, sharedStyle } from "./page-parts.ts";

export interface SharedAddresses {
  /** The URL of the link itself, without a slash at its end. */
  readonly page: string;
  readonly embed: string;
  readonly oembed: string;
  /** The URL at which people can make their own music. */
  readonly home: string;
}

/** The look of the page and the language of its texts. */
export interface SharedLook {
  readonly name: string;
  /**
   * The CSS of the business's theme. Its colours and fonts replace the colours and fonts of
   * `sharedStyle`. Can be empty. The CSS is written into the page without escaping.
   */
  readonly style: string;
  readonly language: PageLanguage;
}

/**
 * Returns the page as HTML. `music` needs at least one piece. Set `isEmbedded` if a frame of
 * another page shows this page.
 */
export function sharedPage(
  music: SharedMusic,
  at: SharedAddresses,
  look: SharedLook,
  { isEmbedded = false } = {},
): string {
  const words = sharedWords[look.language];
  const name = htmlOf(look.name);
  const [first] = music.pieces;
  const title = htmlOf(music.title);
  const facts = htmlOf(factsOf(music, look.language));
  return `<!doctype html>
${htmlTag(look)}<head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${name}</title>
<meta name="description" content="${facts}">
<meta name="robots" content="noindex">
<link rel="icon" href="/icons/icon-192.png">
<meta property="og:type" content="${music.kind === "track" ? "music.song" : "music.album"}">
<meta property="og:site_name" content="${name}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${facts}">
<meta property="og:url" content="${htmlOf(at.page)}">
<meta property="og:image" content="${htmlOf(at.page)}/cover.png">
<meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
<meta property="og:audio" content="${htmlOf(at.page)}/${first?.versionId}.mp3"><meta property="og:audio:type" content="audio/mpeg">
<meta name="twitter:card" content="summary_large_image">
<link rel="alternate" type="application/json+oembed" href="${htmlOf(at.oembed)}" title="${title}">
<style>${sharedStyle}${look.style}</style></head>
<body class="${isEmbedded ? "embedded" : ""}"><main>
<div class="cover" aria-hidden="true">${coverSvg(first?.peaks ?? null, { colours: { paper: "none", ink: "currentColor", accent: "var(--accent)" } })}</div>
<div class="words"><h1 dir="auto">${title}</h1><p>${facts}</p>
<audio controls preload="none" src="${htmlOf(at.page)}/${first?.versionId}.mp3"></audio></div>
${music.pieces.length > 1 ? listOf(music.pieces, at.page) : ""}
</main><footer><p>${words.made} <a href="${htmlOf(at.home)}"${isEmbedded ? ' target="_blank" rel="noopener"' : ""}>${htmlOf(words.make(look.name))}</a></p></footer>
${music.pieces.length > 1 ? `<script>${sharedScript}</script>` : ""}</body></html>`;
}

const htmlTag = ({ language }: SharedLook): string =>
  `<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">`;

function factsOf({ pieces, kind }: SharedMusic, language: PageLanguage): string {
  const seconds = Math.round(pieces.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000);
  const words = sharedWords[language];
  return kind === "track" ? words.piece(clock(seconds)) : words.pieces(pieces.length, clock(seconds));
}

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

const listOf = (pieces: readonly SharedPiece[], page: string): string =>
  `<ol>${pieces
    .map(
      ({ title, versionId, durationMs }) =>
        `<li><button type="button" data-sound="${htmlOf(page)}/${versionId}.mp3"><span dir="auto">${htmlOf(title)}</span> <small>${clock(Math.round(durationMs / 1000))}</small></button></li>`,
    )
    .join("")}</ol>`;

/** Returns, as HTML, the page for a link that is unknown, has ended, or leads to deleted music. */
export function missingPage(home: string, look: SharedLook): string {
  const words = sharedWords[look.language];
  return `<!doctype html>${htmlTag(look)}<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${words.missing} · ${htmlOf(look.name)}</title><meta name="robots" content="noindex"><link rel="icon" href="/icons/icon-192.png"><style>${sharedStyle}${look.style}</style></head>
<body><main><div class="words"><h1>${words.missing}</h1><p>${words.missingWhy}</p></div></main>
<footer><p><a href="${htmlOf(home)}">${htmlOf(words.make(look.name))}</a></p></footer></body></html>`;
}
