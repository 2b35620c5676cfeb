// Writes a number together with its noun, for people.

/** The plural defaults to the singular with an "s". Example: `counted(1, "business", "businesses")` is "1 business". */
export const counted = (count: number, singular: string, plural = `${singular}s`): string =>
  `${count} ${count === 1 ? singular : plural}`;
