// Lists the database technologies that Rondo can use. To add a technology, create its folder beside this file and add
// the technology to this list.
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
