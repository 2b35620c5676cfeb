// Defines the description of a downloaded file. The description is the same for every file format.

/** IPTC's term for how the music was made: by a trained model, or by rules only. */
export type DigitalSourceType = "trainedAlgorithmicMedia" | "algorithmicMedia";

export interface TrackTags {
  readonly title: string;
  readonly prompt: string;
  /** The requested change to the parent version. */
  readonly instruction?: string;
  readonly projectName?: string;
  readonly versionId: string;
  readonly versionNumber: number;
  /** The time of creation, as RFC 3339 in UTC. */
  readonly createdAt: string;
  readonly durationMs?: number;
  readonly sourceType: DigitalSourceType;
}

export const madeWith = "Rondo";

export const sourceTypeUri = (type: DigitalSourceType): string =>
  `http://cv.iptc.org/newscodes/digitalsourcetype/${type}`;

/**
 * Returns the text without characters that some tag readers do not accept. Lone surrogates become
 * U+FFFD. Line ends become "\n". Other control characters (also tabs), U+FFFE and U+FFFF become
 * spaces.
 */
export const tagText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(/(?!\n)[\p{Cc}\ufffe\uffff]/gu, " ");

/** Returns the prompt and the instruction as one string for people. */
export const commentOf = ({ prompt, instruction }: TrackTags): string =>
  tagText(instruction ? `${prompt}\n→ ${instruction}` : prompt);
