// Declares the adapter for Google's Lyria RealTime: an endless stream of instrumental music over a WebSocket.
import { AppError } from "../../../errors.ts";
import { good } from "../../found.ts";
import type { GeneratorTechnology } from "../technology.ts";
import { findPlace } from "./place.ts";

export const lyria: GeneratorTechnology = {
  name: "Lyria RealTime",
  schemes: ["lyria"],
  example: "lyria:",
  faultOf: (location) =>
    findPlace(location) === undefined
      ? 'Only an address such as wss://host and ?model=… may follow "lyria:".'
      : undefined,
  async open(location, options) {
    const place = findPlace(location);
    if (place === undefined)
      throw new AppError("CONFIG_INVALID", "This is not an address of Lyria RealTime.");
    if (options.key === undefined) {
      throw new AppError("CONFIG_INVALID", "Lyria RealTime needs a key.", {
        hint: "Set RONDO_GENERATOR_KEY to a key of the Gemini API.",
      });
    }
    const { createLyria } = await import("./generator.ts");
    return createLyria(place, { ...options, key: options.key });
  },
  examine: async () => [good("Lyria RealTime is not called here, because a call may be charged.")],
};
