// The technologies of a database. A new one is a folder beside this file, and a line in the list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import type { Database } from "./database.ts";
import { postgres } from "./postgres/index.ts";
import { sqlite } from "./sqlite/index.ts";
import type { OpenDatabaseOptions, DatabaseTechnology } from "./technology.ts";

export const databases: readonly DatabaseTechnology[] = [sqlite, postgres];

export const openDatabase = <Tables>(
  url: StoreUrl,
  options: OpenDatabaseOptions,
): Promise<Database<Tables>> => technologyOf(databases, url.scheme).open<Tables>(url.location, options);
