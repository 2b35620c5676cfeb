// Returns the folder of the migrations of Rondo's own databases.
import { join } from "node:path";

export const migrationsOf = (set: "control" | "business"): string =>
  join(import.meta.dirname, "../../migrations", set);
