// Encodes tracks of timed events as a Standard MIDI File of type 1 (RP-001). The caller chooses the events, such as
// notes.

export interface MidiEvent {
  /** The number of ticks from the beginning of the track: a whole number, at most the file's `endTick`. */
  readonly tick: number;
  /** Among events at the same tick, the one with the lowest order comes first. */
  readonly order: number;
  /** The event without its delta time. */
  readonly bytes: readonly number[];
}

export interface MidiTrack {
  readonly name: string;
  readonly events: readonly MidiEvent[];
}

export interface MidiFile {
  readonly ticksPerQuarter: number;
  /** The length of every track, in ticks. */
  readonly endTick: number;
  readonly tracks: readonly MidiTrack[];
}

export const encodeMidiFile = ({ ticksPerQuarter, endTick, tracks }: MidiFile): Uint8Array =>
  Buffer.concat([
    chunkOf("MThd", [...bigEndian(1, 2), ...bigEndian(tracks.length, 2), ...bigEndian(ticksPerQuarter, 2)]),
    ...tracks.map((track) => chunkOf("MTrk", trackBytes(track, endTick))),
  ]);

const endOfTrack = 0x2f;
/** The types of meta events that contain text. */
const textKinds = { text: 0x01, trackName: 0x03, marker: 0x06 } as const;

/** The text is encoded as UTF-8, which today's sequencers expect. */
export const textEvent = (kind: keyof typeof textKinds, text: string): readonly number[] =>
  metaEvent(textKinds[kind], [...Buffer.from(text)]);

export const metaEvent = (kind: number, data: readonly number[]): readonly number[] => [
  0xff,
  kind,
  ...variableLength(data.length),
  ...data,
];

/** Returns the lowest `bytes` bytes of a number, with the most significant byte first. `bytes` is at most 4. */
export const bigEndian = (value: number, bytes: number): readonly number[] =>
  Array.from({ length: bytes }, (_, at) => (value >>> (8 * (bytes - 1 - at))) & 0xff);

const trackBytes = ({ name, events }: MidiTrack, endTick: number): readonly number[] => {
  const bytes = [0, ...textEvent("trackName", name)];
  const ordered = events.toSorted((one, other) => one.tick - other.tick || one.order - other.order);
  let tick = 0;
  for (const event of [...ordered, { tick: endTick, bytes: metaEvent(endOfTrack, []) }]) {
    for (const byte of variableLength(event.tick - tick)) bytes.push(byte);
    for (const byte of event.bytes) bytes.push(byte);
    tick = event.tick;
  }
  return bytes;
};

const chunkOf = (type: "MThd" | "MTrk", data: readonly number[]): Uint8Array =>
  Buffer.concat([Buffer.from(type), Buffer.from(bigEndian(data.length, 4)), Buffer.from(data)]);

/** Encodes a number with seven bits per byte. Every byte except the last one has its highest bit set. */
const variableLength = (value: number): readonly number[] => {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
};
