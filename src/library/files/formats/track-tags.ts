// Defines the description of a downloaded file, independent of a format.

/** IPTC's term for how the music was made: by a trained model, or by rules alone. */
export type DigitalSourceType = "trainedAlgorithmicMedia" | "algorithmicMedia";

export interface TrackTags {
  readonly title: string;
  readonly prompt: string;
  /** The change that was requested against the parent version. */
  readonly instruction?: string;
  readonly projectName?: string;
  readonly versionId: string;
  readonly versionNumber: number;
  /** The time of creation as RFC 3339 in UTC. */
  readonly createdAt: string;
  readonly durationMs?: number;
  readonly sourceType: DigitalSourceType;
}

export const madeWith = "Rondo";

export const sourceTypeUri = (type: DigitalSourceType): string =>
  `http://cv.iptc.org/newscodes/digitalsourcetype/${type}`;

/**
 * Text that every tag reader accepts: no control characters except line ends, no lone surrogates.
 */
export const tagText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(/(?!\n)[\p{Cc}\ufffe\uffff]/gu, " ");

/** Returns the request as one text for people. */
export const commentOf = ({ prompt, instruction }: TrackTags): string =>
  tagText(instruction ? `${prompt}\n→ ${instruction}` : prompt);
