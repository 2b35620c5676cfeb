// Defines the title and the remarks at the beginning of a file of notes.

export interface Heading {
  readonly title: string;
  readonly remarks: readonly string[];
}
