// Decodes WAV while it arrives. A WAV file consists of parts (RIFF chunks), for example its format and its sound. A
// server that streams WAV does not know the length of the sound in advance. Its header can declare no length or a wrong
// length, or the server can send the sound in several parts. All of these are accepted.

import { failed } from "../failed.ts";
import { createWaitingBytes, textAt } from "./bytes.ts";
import { createPcmDecoder } from "./pcm.ts";
import type { SampleForm } from "./samples.ts";
import type { Sound, SourceDecoder } from "./source-decoder.ts";
import { wavFormOf } from "./wav-form.ts";

/**
 * A declared length of this many bytes or more means that the real length is unknown. Programs that write to a pipe
 * declare such lengths.
 */
const lengthMax = 0x7fff_0000;
const formBytesMax = 4096;
/**
 * The maximum number of consecutive parts that are not sound. The files that audio programs write have fewer than
 * twenty.
 */
const otherPartsMax = 1000;
const portionBytes = 16 * 1024;

type State =
  | { readonly at: "file" | "part" | "after sound" }
  | { readonly at: "form" | "skipped"; readonly bytes: number }
  /** If the length is unknown, `bytes` is infinite. */
  | { readonly at: "sound"; bytes: number };

export function createWavDecoder(): SourceDecoder {
  const waiting = createWaitingBytes();
  let state: State = { at: "file" };
  let form: SampleForm | undefined;
  let pcm: SourceDecoder | undefined;
  let promised = 0;
  let otherParts = 0;

  /** Handles the next bytes, depending on the state. Returns false when more bytes are needed. */
  const advance = (sounds: Sound[]): boolean => {
    switch (state.at) {
      case "file": {
        if (waiting.length < 12) return false;
        const head = waiting.take(12);
        if (textAt(head, 8, 4) !== "WAVE") throw failed("The WAV source has no WAVE header.");
        state = { at: "part" };
        return true;
      }
      case "part": {
        if (waiting.length < 8) return false;
        const head = waiting.take(8);
        const bytes = new DataView(head.buffer).getUint32(4, true);
        state = partOf(textAt(head, 0, 4), bytes);
        return true;
      }
      case "form": {
        if (waiting.length < state.bytes) return false;
        setForm(wavFormOf(waiting.take(state.bytes)));
        state = { at: "part" };
        return true;
      }
      case "skipped": {
        const { bytes } = state;
        const left: number = bytes - waiting.take(bytes).length;
        state = left === 0 ? { at: "part" } : { at: "skipped", bytes: left };
        return left === 0;
      }
      case "sound": {
        if (waiting.length === 0 && state.bytes > 0) return false;
        const bytes = waiting.take(Math.min(state.bytes, portionBytes));
        sounds.push(...(pcm!.decode(bytes) as readonly Sound[]));
        state.bytes -= bytes.length;
        if (state.bytes === 0) state = { at: "after sound" };
        return true;
      }
      case "after sound":
        return followSound();
    }
  };

  const partOf = (id: string, bytes: number): State => {
    if (id === "data") {
      if (pcm === undefined) throw failed("The WAV source has sound before its format.");
      const isKnown = bytes > 0 && bytes < lengthMax;
      promised = isKnown ? bytes : 0;
      otherParts = 0;
      return { at: "sound", bytes: isKnown ? bytes : Number.POSITIVE_INFINITY };
    }
    otherParts++;
    if (otherParts > otherPartsMax)
      throw failed("The WAV source has more than 1,000 parts that are not sound, one after another.");
    if (id !== "fmt ") return { at: "skipped", bytes: bytes + (bytes & 1) };
    if (bytes < 16 || bytes > formBytesMax) throw failed("The format in the WAV header is damaged.");
    return { at: "form", bytes };
  };

  const setForm = (next: SampleForm): void => {
    if (form === undefined) {
      form = next;
      pcm = createPcmDecoder(form);
    } else if (JSON.stringify(form) !== JSON.stringify(next)) {
      throw failed("The WAV source changes its format in the middle.");
    }
  };

  /**
   * Handles the bytes after the declared end of the audio. If the bytes look like the header of a part or of a file,
   * this part or file is read next. Otherwise the declared length was wrong, and the bytes are more audio.
   */
  const followSound = (): boolean => {
    // RIFF appends a zero byte to a part with an odd length.
    const pad = (promised & 1) === 1 && waiting.peek(1)[0] === 0 ? 1 : 0;
    if (waiting.length < pad + 4) return false;
    const id = textAt(waiting.peek(pad + 4), pad, 4);
    const isPart = /^[A-Za-z0-9 _-]{4}$/.test(id);
    if (isPart) waiting.take(pad);
    if (id === "RIFF") state = { at: "file" };
    else if (isPart) state = { at: "part" };
    else state = { at: "sound", bytes: Number.POSITIVE_INFINITY };
    return true;
  };

  return {
    portionBytes,
    decode: (bytes) => {
      waiting.add(bytes);
      const sounds: Sound[] = [];
      while (advance(sounds));
      return sounds;
    },
    end: () => {
      if (pcm === undefined) throw failed("The WAV source ended before its sound.");
      if (state.at === "sound" && Number.isFinite(state.bytes)) {
        throw failed(
          `The source ended after ${promised - state.bytes} of the ${promised} bytes of sound that its WAV header declares.`,
          "The connection to the generator may have been cut.",
        );
      }
      return pcm.end();
    },
    free: () => undefined,
  };
}
