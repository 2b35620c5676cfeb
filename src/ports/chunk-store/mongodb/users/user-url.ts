// Builds the MongoDB URL for the database user of one business. A generator connects with this URL.
import type { BusinessUser } from "./users.ts";

const parts = /^(mongodb(?:\+srv)?:\/\/)(?:[^@/]*@)?([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/;
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/**
 * The result has the hosts and options of `url`, except `authSource` and `authMechanism`. Returns undefined if `url` is
 * not a MongoDB URL. Also returns undefined if the connection would send the password to another machine without TLS.
 */
export function urlFor(url: string, { database, username, password }: BusinessUser): string | undefined {
  const [, scheme = "", hosts = "", query = ""] = parts.exec(url) ?? [];
  if (hosts === "") return undefined;
  const options = new URLSearchParams(query);
  const tls = [...options.getAll("tls"), ...options.getAll("ssl")];
  // Without the options `tls` and `ssl`, a connection is encrypted only if the scheme has +srv.
  const isEncrypted = tls.length === 0 ? scheme.includes("+srv") : tls.every((value) => value === "true");
  if (!isEncrypted && !hosts.split(",").every((host) => loopback.test(host))) return undefined;
  options.set("authSource", database);
  options.delete("authMechanism");
  const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
  return `${scheme}${login}@${hosts}/?${options}`;
}
