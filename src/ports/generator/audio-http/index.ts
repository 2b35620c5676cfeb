// Declares the adapter for any server that takes one POST and answers with an audio file, such as vLLM-Omni,
// SGLang-Omni, LocalAI, Stability or a gateway.
import { AppError } from "../../../errors.ts";
import { warning } from "../../found.ts";
import type { GeneratorTechnology } from "../technology.ts";
import { findPlace } from "./place.ts";

export const audioHttp: GeneratorTechnology = {
  name: "Audio over HTTP",
  schemes: ["audio+http", "audio+https"],
  example: "audio+http://127.0.0.1:8080?dialect=localai",
  faultOf: (location) => {
    const place = findPlace(location);
    return typeof place === "string" ? place : undefined;
  },
  async open(location, options) {
    const place = findPlace(location);
    if (typeof place === "string") throw new AppError("CONFIG_INVALID", place);
    const { createAudioHttp } = await import("./generator.ts");
    return createAudioHttp(place, options);
  },
  examine: async () => [
    warning(
      "This server can't be examined without generating audio.",
      "Make a short piece and check whether it plays.",
    ),
  ],
};
