// Declares the built-in generator, which runs the composer in a thread of this process.
import { good } from "../../found.ts";
import { anyAddress } from "../../technology.ts";
import type { GeneratorTechnology } from "../technology.ts";

export const builtin: GeneratorTechnology = {
  name: "built in",
  schemes: ["builtin"],
  example: "builtin:",
  faultOf: anyAddress,
  async open(_, { isWarm }) {
    const { createBuiltinGenerator } = await import("./generator.ts");
    return createBuiltinGenerator({ isWarm });
  },
  examine: async () => [good("The worker itself generates music.")],
};
