// Makes file names from titles. The names are allowed on every operating system. Also encodes a
// name for the Content-Disposition header, so that every browser understands the name (RFC 6266,
// 8187).

const bytesMax = 180; // Most file systems allow 255 bytes. The rest is for an extension and a number.
// Characters that an operating system doesn't allow in a name, that reverse or hide parts of a name, or that would end
// an HTTP header. The joiners (U+200C, U+200D) are allowed, because scripts and emoji need them.
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff<>:"/\\|?*]+/gu;
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)/i;

/**
 * Returns a file name without folders. If no character of the title can be used, the name is `otherwise`. `extension`
 * has no leading dot.
 */
export const fileNameOf = (title: string, extension: string, otherwise = "untitled"): string =>
  `${folderNameOf(title, otherwise)}.${extension}`;

/** Returns the name of a folder. If no character of the title can be used, the name is `otherwise`. */
export function folderNameOf(title: string, otherwise = "untitled"): string {
  const cleaned = title.normalize("NFC").replace(forbidden, " ").replace(/\s+/g, " ").trim();
  const short = cutToBytes(cleaned, bytesMax).replace(/^[. ]+|[. ]+$/g, "");
  return short.replace(reserved, "$1_") || otherwise;
}

/**
 * Makes the names unique without regard to letter case. A name that an earlier item already has
 * gets " (2)" before its extension, or the next higher number that makes the name unique.
 */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const dot = name.lastIndexOf(".");
    const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    let unique = name;
    for (let number = 2; taken.has(unique.toLowerCase()); number++)
      unique = `${stem} (${number})${extension}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

/** Returns the value of the Content-Disposition header. A browser saves an "attachment" and shows an "inline" file. */
export function contentDispositionOf(name: string, how: "attachment" | "inline" = "attachment"): string {
  const plain = name
    .normalize("NFD")
    .replace(/[^\x20-\x7e]/g, "")
    .replace(/["\\%]/g, "_")
    .trim();
  const fallback = /^[^.]/.test(plain) ? plain : `download${plain}`;
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${how}; filename="${fallback}"${fallback === name ? "" : `; filename*=UTF-8''${encoded}`}`;
}

/** Cuts text between grapheme clusters, so that no accent or emoji is split. */
function cutToBytes(text: string, most: number): string {
  let kept = "";
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > most) break;
    kept += segment;
  }
  return kept;
}
