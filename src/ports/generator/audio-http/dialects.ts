// Lists the field names of each dialect of servers that answer one POST with a sound file.

export interface Dialect {
  readonly path: string;
  readonly sends: "json" | "form";
  /** The name of each value's field. A tempo, key or style without a field is written into the prompt; a seed is left out. */
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
  /** The field `seconds` counts these units: 25 tokens a second, for example. */
  readonly unitsPerSecond?: number;
  /** Fields that are sent as they are. */
  readonly fixed: Readonly<Record<string, string | number | boolean>>;
  readonly secondsMax?: number;
  /** The lyrics for a piece without lyrics, if the server requires some. */
  readonly noLyrics?: string;
}

export const dialects: Readonly<Record<string, Dialect>> = {
  /** MiniMax-Music3 in vLLM-Omni and SGLang-Omni: the lyrics are the input, the prompt is the instruction. */
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
