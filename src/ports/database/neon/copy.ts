// Opens a database in Neon, so that its tables can be copied to or from another database. COPY
// needs the native Postgres protocol, which Neon relays over a WebSocket.
import { openPostgresCopy } from "../postgres/copy/copy.ts";
import type { TableCopy } from "../table-copy.ts";
import { openRelay } from "./relay.ts";

/** `url` contains the login of the owner of the tables. */
export function openNeonCopy(url: string): TableCopy {
  const { hostname, port } = new URL(url);
  return openPostgresCopy(url, () => openRelay(hostname, Number(port || 5432)));
}
