// Declares the adapter for ACE-Step 1.5, an open model that runs on one of the operator's machines. Either ACE-Step's
// own Python server or acestep.cpp serves the model.
import { AppError } from "../../../errors.ts";
import type { GeneratorTechnology } from "../technology.ts";
import { findPlace } from "./place.ts";

export const acestep: GeneratorTechnology = {
  name: "ACE-Step",
  schemes: ["acestep+http", "acestep+https"],
  example: "acestep+http://127.0.0.1:8001",
  faultOf: (location) =>
    findPlace(location) === undefined
      ? "It is not the address of a server. Write it like acestep+http://host:port; only ?model=… and ?strength=… (0 to 1) may follow."
      : undefined,
  async open(location, options) {
    const place = findPlace(location);
    if (place === undefined)
      throw new AppError("CONFIG_INVALID", "This is not the address of an ACE-Step server.");
    const { createAceStep } = await import("./generator.ts");
    return createAceStep(place, options);
  },
  async examine(location) {
    const place = findPlace(location);
    if (place === undefined)
      throw new AppError("CONFIG_INVALID", "This is not the address of an ACE-Step server.");
    const { inspectServer } = await import("./inspect.ts");
    return inspectServer(place);
  },
};
