// Describes, for the OpenAPI document, what all routes that send files have in common: the query of signed links, the
// headers for ranges, and the responses.
import type { Answer } from "./operation.ts";
import { about, text } from "./schema.ts";

export const signedQuery = {
  business: about(text, "The business, as a part of a signed link."),
  expires: about(text, "The expiry, as a part of a signed link, in seconds since 1970."),
};
export const rangeHeaders = {
  Range: about(text, "The requested bytes, for example bytes=0-1023."),
  "If-Range": about(text, "The range is sent only if the content still has this ETag."),
  "If-None-Match": about(text, "The ETag of an earlier answer."),
};
export const lengths = { ETag: text, "Accept-Ranges": text, "Content-Length": text };

export const fileAnswers = (content: Answer["content"]): Readonly<Record<number, Answer>> => ({
  200: {
    says: "The whole file.",
    headers: { ...lengths, "Content-Disposition": text },
    content: content ?? [],
  },
  206: {
    says: "The requested range.",
    headers: { ...lengths, "Content-Range": text, "Content-Disposition": text },
    content: content ?? [],
  },
  304: { says: "The content has not changed." },
});
