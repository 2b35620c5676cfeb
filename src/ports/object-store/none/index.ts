// Declares the adapter that is used if Rondo has no object store. Finished audio then stays in the chunk store.
import { good } from "../../found.ts";
import { anyAddress } from "../../technology.ts";
import type { ObjectStoreTechnology } from "../technology.ts";

export const none: ObjectStoreTechnology = {
  name: "none",
  schemes: ["none"],
  example: "none:",
  faultOf: anyAddress,
  open: async () => ({ objects: undefined, objectLinks: undefined }),
  examine: async () => [good("Finished audio stays in the chunk store.")],
};
