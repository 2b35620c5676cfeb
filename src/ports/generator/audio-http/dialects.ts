// Describes the dialects of servers that answer one POST with an audio file: the path, and the names of the fields.

export interface Dialect {
  readonly path: string;
  readonly sends: "json" | "form";
  /**
   * The name of the field for each value. The style has no field; it is always added to the prompt. If the dialect has
   * no field for the tempo or the key, the value is added to the prompt. If it has no field for "instrumental", the
   * word "instrumental" is added to the prompt of an instrumental piece. If it has no field for the lyrics, a piece
   * with lyrics is refused. If it has no field for the seconds, the seed or the model, the value is not sent.
   */
  readonly fields: {
    readonly prompt: string;
    readonly seconds?: string;
    readonly seed?: string;
    readonly lyrics?: string;
    readonly tempo?: string;
    readonly key?: string;
    readonly instrumental?: string;
    readonly model?: string;
  };
  /** The number of units per second in the field `seconds`, for example 25 for tokens. */
  readonly unitsPerSecond?: number;
  /**
   * Fields with constant values. If a field is also in `fields` and the request has a value for the field, the value of
   * the request is sent.
   */
  readonly fixed: Readonly<Record<string, string | number | boolean>>;
  /** A longer piece is refused. The default is 600. */
  readonly secondsMax?: number;
  /** The text that is sent as the lyrics of a piece without lyrics, for a server that requires lyrics. */
  readonly noLyrics?: string;
}

export const dialects: Readonly<Record<string, Dialect>> = {
  /** MiniMax-Music3 in vLLM-Omni and SGLang-Omni. The lyrics are sent as `input`, and the prompt as `instructions`. */
  openai: {
    path: "/v1/audio/speech",
    sends: "json",
    fields: {
      prompt: "instructions",
      lyrics: "input",
      seconds: "max_new_tokens",
      seed: "seed",
      model: "model",
    },
    unitsPerSecond: 25,
    fixed: { response_format: "wav" },
    noLyrics: "[Instrumental]",
  },
  /** Stable Audio in vLLM-Omni. */
  generate: {
    path: "/v1/audio/generate",
    sends: "json",
    fields: { prompt: "input", seconds: "audio_length", seed: "seed", model: "model" },
    fixed: { response_format: "wav" },
  },
  localai: {
    path: "/v1/sound-generation",
    sends: "json",
    fields: {
      prompt: "text",
      seconds: "duration_seconds",
      lyrics: "lyrics",
      tempo: "bpm",
      key: "keyscale",
      instrumental: "instrumental",
      model: "model_id",
    },
    fixed: {},
  },
  stability: {
    path: "/v2beta/audio/stable-audio-2/text-to-audio",
    sends: "form",
    fields: { prompt: "prompt", seconds: "duration", seed: "seed", model: "model" },
    fixed: { model: "stable-audio-2.5", output_format: "mp3" },
    secondsMax: 190,
  },
};
