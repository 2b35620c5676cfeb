// Defines the title and the remarks at the beginning of a MIDI, ABC or MusicXML file.

export interface Heading {
  readonly title: string;
  readonly remarks: readonly string[];
}
