// Selects the dependencies for changing a business's app.
import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import type { AppDeps } from "../apps/apply-app.ts";
import { openScratch, querySpecs } from "./scratch-database.ts";
import type { SharedDeps } from "./shared-deps.ts";

/** `forgetApp` is called with the id of the business after each attempt to change its app, even a failed one. */
export const createAppDeps = (
  { control, sealing, provisioner, registry, databases }: SharedDeps,
  forgetApp: (businessId: string) => void = () => {},
): AppDeps => ({
  ...{ control, sealing, provisioner, registry, databases, openScratch, forgetApp },
  async rondoQueryNames() {
    const files = await readdir(querySpecs);
    return files.filter((file) => file.endsWith(".json")).map((file) => basename(file, ".json"));
  },
});
