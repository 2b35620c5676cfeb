// Declares the adapter for ElevenLabs Music: a hosted model that streams whole songs.
import { AppError } from "../../../errors.ts";
import { good } from "../../found.ts";
import type { GeneratorTechnology } from "../technology.ts";
import { findPlace } from "./place.ts";

export const elevenlabs: GeneratorTechnology = {
  name: "ElevenLabs Music",
  schemes: ["elevenlabs"],
  example: "elevenlabs:",
  faultOf: (location) =>
    findPlace(location) === undefined
      ? 'Only an address and ?mode=prompt, ?mode=plan or ?model=… may follow "elevenlabs:".'
      : undefined,
  async open(location, options) {
    const place = findPlace(location);
    if (place === undefined)
      throw new AppError("CONFIG_INVALID", "This is not an address of ElevenLabs Music.");
    if (options.key === undefined) {
      throw new AppError("CONFIG_INVALID", "ElevenLabs Music needs a key.", {
        hint: "Set RONDO_GENERATOR_KEY to a key of ElevenLabs.",
      });
    }
    const { createElevenLabs } = await import("./generator.ts");
    return createElevenLabs(place, { ...options, key: options.key });
  },
  examine: async () => [good("ElevenLabs Music is not called here, because a call may be charged.")],
};
