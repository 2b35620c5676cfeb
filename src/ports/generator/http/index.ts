// Declares the adapter for the operator's own generator, which Rondo calls over HTTP. The generator
// can be written in any programming language. docs/generators.md defines the contract between Rondo
// and the generator.
import { AppError } from "../../../errors.ts";
import type { GeneratorTechnology } from "../technology.ts";
import { findAddress } from "./address.ts";

export const http: GeneratorTechnology = {
  name: "HTTP",
  schemes: ["http", "https"],
  example: "http://127.0.0.1:8008",
  faultOf: (location) => {
    const address = findAddress(location);
    return typeof address === "string" ? address : undefined;
  },
  async open(location, options) {
    const address = findAddress(location);
    if (typeof address === "string") throw new AppError("CONFIG_INVALID", address);
    const { createHttpGenerator } = await import("./generator.ts");
    return createHttpGenerator(address, options);
  },
  async examine(location) {
    const address = findAddress(location);
    if (typeof address === "string") throw new AppError("CONFIG_INVALID", address);
    const { inspectGenerator } = await import("./inspect.ts");
    return inspectGenerator(address);
  },
};
