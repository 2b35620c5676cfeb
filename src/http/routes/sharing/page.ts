// Writes the page of a shared link in one answer: the cover, the player, and the texts for previews on other sites.
import { htmlOf } from "../../docs/schema-html.ts";
import { coverSvg } from "../../../sharing/cover.ts";
import type { SharedMusic, SharedPiece } from "../../../sharing/open-share.ts";
import { sharedScript, sharedStyle } from "./page-parts.ts";

export interface SharedAddresses {
  /** The link itself, without a slash at its end. */
  readonly page: string;
  readonly embed: string;
  readonly oembed: string;
  /** The address at which people make their own music. */
  readonly home: string;
}

/** `isEmbedded`: for a frame in someone else's page. */
export function sharedPage(music: SharedMusic, at: SharedAddresses, { isEmbedded = false } = {}): string {
  const [first] = music.pieces;
  const title = htmlOf(music.title);
  const facts = htmlOf(factsOf(music));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Rondo</title>
<meta name="description" content="${facts}">
<meta name="robots" content="noindex">
<link rel="icon" href="/icons/icon-192.png">
<meta property="og:type" content="${music.kind === "track" ? "music.song" : "music.album"}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${facts}">
<meta property="og:url" content="${htmlOf(at.page)}">
<meta property="og:image" content="${htmlOf(at.page)}/cover.png">
<meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
<meta property="og:audio" content="${htmlOf(at.page)}/${first?.versionId}.mp3"><meta property="og:audio:type" content="audio/mpeg">
<meta name="twitter:card" content="summary_large_image">
<link rel="alternate" type="application/json+oembed" href="${htmlOf(at.oembed)}" title="${title}">
<style>${sharedStyle}</style></head>
<body class="${isEmbedded ? "embedded" : ""}"><main>
<div class="cover" aria-hidden="true">${coverSvg(first?.peaks ?? null, { colours: { paper: "none", ink: "currentColor", accent: "var(--accent)" } })}</div>
<div class="words"><h1 dir="auto">${title}</h1><p>${facts}</p>
<audio controls preload="none" src="${htmlOf(at.page)}/${first?.versionId}.mp3"></audio></div>
${music.pieces.length > 1 ? listOf(music.pieces, at.page) : ""}
</main><footer><p>This music was made by a machine. <a href="${htmlOf(at.home)}"${isEmbedded ? ' target="_blank" rel="noopener"' : ""}>Make your own with Rondo</a></p></footer>
${music.pieces.length > 1 ? `<script>${sharedScript}</script>` : ""}</body></html>`;
}

function factsOf({ pieces, kind }: SharedMusic): string {
  const seconds = Math.round(pieces.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000);
  const count = kind === "track" ? "A piece" : pieces.length === 1 ? "1 piece" : `${pieces.length} pieces`;
  return `${count} of machine-made music, ${clock(seconds)}`;
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

/** The page for a link that is unknown, has ended, or leads to deleted music. */
export const missingPage = (home: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Not here · Rondo</title><meta name="robots" content="noindex"><link rel="icon" href="/icons/icon-192.png"><style>${sharedStyle}</style></head>
<body><main><div class="words"><h1>There is no music here.</h1><p>The link may be mistyped, or the person who shared the music has ended the link.</p></div></main>
<footer><p><a href="${htmlOf(home)}">Make your own with Rondo</a></p></footer></body></html>`;
