// Lists the technologies through which Rondo can use a generator. To add a technology, create its folder beside this
// file, and add the technology to this list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { acestep } from "./acestep/index.ts";
import { audioHttp } from "./audio-http/index.ts";
import { builtin } from "./builtin/index.ts";
import { elevenlabs } from "./elevenlabs/index.ts";
import { http } from "./http/index.ts";
import { lyria } from "./lyria/index.ts";
import type { OpenGeneratorOptions, GeneratorTechnology } from "./technology.ts";

export const generators: readonly GeneratorTechnology[] = [
  builtin,
  http,
  elevenlabs,
  acestep,
  audioHttp,
  lyria,
];

/** Errors: CONFIG_INVALID for an unknown scheme or a URL that can't work, UNAVAILABLE. */
export const openGenerator = ({ scheme, location }: StoreUrl, options: OpenGeneratorOptions) =>
  technologyOf(generators, scheme).open(location, options);
