// What a downloaded file tells of itself, in no format yet.

/** IPTC's word for how it was made: by a trained model, or by rules alone. */
export type DigitalSourceType = "trainedAlgorithmicMedia" | "algorithmicMedia";

export interface TrackTags {
  readonly title: string;
  readonly prompt: string;
  /** What was asked to be other than in the version it was made from. */
  readonly instruction?: string;
  readonly projectName?: string;
  readonly versionId: string;
  readonly versionNumber: number;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly durationMs?: number;
  readonly sourceType: DigitalSourceType;
}

export const madeWith = "Rondo";

export const sourceTypeUri = (type: DigitalSourceType): string =>
  `http://cv.iptc.org/newscodes/digitalsourcetype/${type}`;

/** Text as every reader of a tag can bear it: no control characters but the line's end, no lone surrogates. */
export const tagText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(/(?!\n)[\p{Cc}\ufffe\uffff]/gu, " ");

/** For people: what was asked for, in one text. */
export const commentOf = ({ prompt, instruction }: TrackTags): string =>
  tagText(instruction ? `${prompt}\n→ ${instruction}` : prompt);
