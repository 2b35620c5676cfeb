// Declares the adapter that stores objects as files in a folder.
import { needsPath } from "../../technology.ts";
import type { ObjectStoreTechnology } from "../technology.ts";

export const file: ObjectStoreTechnology = {
  name: "files",
  schemes: ["file"],
  example: "file:./data/objects",
  faultOf: needsPath,
  async open(folder, { partBytes }) {
    const { createFileObjectStore } = await import("./store.ts");
    const parts = partBytes === undefined ? {} : { partBytes };
    return { objects: createFileObjectStore({ folder, ...parts }), objectLinks: undefined };
  },
  async examine(folder) {
    const { examineFolder } = await import("../../drivers/examine-disk.ts");
    return examineFolder(folder);
  },
};
