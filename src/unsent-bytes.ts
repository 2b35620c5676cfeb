// Reads from /proc/net/tcp on Linux (proc(5)) how many bytes of a connection its other end has not confirmed yet.
import { readFile } from "node:fs/promises";

export interface PeerAddress {
  readonly address: string;
  readonly port: number;
}

/** Undefined where the system does not provide it, or has no such connection. */
export type UnsentBytes = (peer: PeerAddress) => Promise<number | undefined>;

const tables = ["/proc/net/tcp", "/proc/net/tcp6"];

/** Concurrent calls share one reading of the tables, for this time in milliseconds. */
const readingMs = 100;

export function createUnsentBytes(): UnsentBytes {
  let reading: Promise<string> | undefined;

  const read = async (): Promise<string> => {
    const texts = await Promise.all(tables.map((file) => readFile(file, "latin1").catch(() => "")));
    setTimeout(() => {
      reading = undefined;
    }, readingMs).unref();
    return texts.join("\n");
  };

  return async ({ address, port }) => {
    reading ??= read();
    const portHex = port.toString(16).toUpperCase().padStart(4, "0");
    // The remote address is followed by a state of two digits; the local one is not.
    const row = new RegExp(`${hexOf(address)}:${portHex} [0-9A-F]{2} ([0-9A-F]{8}):`).exec(await reading);
    return row?.[1] === undefined ? undefined : Number.parseInt(row[1], 16);
  };
}

/** The form of an address in the tables: words of four bytes, each in the byte order of the processor; one word for IPv4. */
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
