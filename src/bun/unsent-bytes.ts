// Reads from Linux's /proc/net/tcp (see proc(5)) how many bytes the other end of a connection has not confirmed yet.
import { readFile } from "node:fs/promises";

/**
 * A TCP connection of this machine. The local port is needed to identify the connection. For example, another machine
 * can connect from its port 5000 to our ports 80 and 443: then only the local port differs.
 */
interface Connection {
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** Returns undefined when the system does not provide the number or the connection does not exist. */
export type UnsentBytes = (connection: Connection) => Promise<number | undefined>;

const tables = ["/proc/net/tcp", "/proc/net/tcp6"];

/** The tables are read again only if the last read ended more than this number of milliseconds ago. */
const readingMs = 100;

export function createUnsentBytes(): UnsentBytes {
  let reading: Promise<ReadonlyMap<string, number>> | undefined;

  const read = async (): Promise<ReadonlyMap<string, number>> => {
    const texts = await Promise.all(tables.map((file) => readFile(file, "latin1").catch(() => "")));
    setTimeout(() => {
      reading = undefined;
    }, readingMs).unref();
    return unsentByConnection(texts.join("\n"));
  };

  return async ({ localPort, remoteAddress, remotePort }) => {
    reading ??= read();
    const key = `${portHexOf(localPort)} ${hexOf(remoteAddress)}:${portHexOf(remotePort)}`;
    return (await reading).get(key);
  };
}

const portHexOf = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");

/**
 * Returns the number of unsent bytes for each connection in the tables. If the numbers of many connections are needed
 * at the same time, one pass over the tables costs less than a search for each connection.
 */
function unsentByConnection(text: string): ReadonlyMap<string, number> {
  const unsent = new Map<string, number>();
  for (const [, localPort, remote = "", remotePort, bytes = "0"] of text.matchAll(rows)) {
    const address = remote.startsWith(mappedV4) ? remote.slice(mappedV4.length) : remote;
    unsent.set(`${localPort} ${address}:${remotePort}`, Number.parseInt(bytes, 16));
  }
  return unsent;
}

/**
 * Matches the local port, the remote address and port, the state as two digits, and the number of unconfirmed bytes.
 */
const rows = /:([0-9A-F]{4}) ([0-9A-F]{8,32}):([0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):/g;
/** If an IPv6 socket is connected to an IPv4 address, the table shows the IPv4 address with this prefix. */
const mappedV4 = "0000000000000000FFFF0000";

/**
 * Returns an address in the format of the tables: groups of four bytes, each in the byte order of the processor. An
 * IPv4 address is one group.
 */
function hexOf(address: string): string {
  const v4 = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const bytes = v4 ? v4.slice(1).map(Number) : bytesOfV6(address);
  const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");
  let text = "";
  for (let at = 0; at < bytes.length; at += 4)
    text += bytes
      .slice(at, at + 4)
      .toReversed()
      .map(hex)
      .join("");
  return text;
}

function bytesOfV6(address: string): number[] {
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const groupsOf = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [groupsOf(head), groupsOf(tail ?? "")];
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => 0);
  return [...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 255]);
}
