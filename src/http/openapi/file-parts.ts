// The parts that the descriptions of file routes share: signed links, ranges and the answers to them.
import type { Answer } from "./operation.ts";
import { about, text } from "./schema.ts";

export const signedQuery = {
  business: about(text, "Part of a signed link."),
  expires: about(text, "Part of a signed link: seconds since 1970."),
};
export const rangeHeaders = {
  Range: about(text, "bytes=first-last."),
  "If-Range": about(text, "The ETag for which the range holds."),
  "If-None-Match": about(text, "An earlier answer's ETag."),
};
export const lengths = { ETag: text, "Accept-Ranges": text, "Content-Length": text };

export const fileAnswers = (content: Answer["content"]): Readonly<Record<number, Answer>> => ({
  200: { says: "The whole.", headers: { ...lengths, "Content-Disposition": text }, content: content ?? [] },
  206: {
    says: "The range.",
    headers: { ...lengths, "Content-Range": text, "Content-Disposition": text },
    content: content ?? [],
  },
  304: { says: "Nothing has changed since." },
});
