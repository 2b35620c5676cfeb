// Finds the address at which generators reach the API.
import type { Config } from "../config/config.ts";

/**
 * Returns RONDO_GENERATOR_CALLBACK_URL if it is set, and otherwise RONDO_PUBLIC_URL. If neither is set, returns the
 * API's own address if two conditions are met, and otherwise undefined:
 * - A generator runs on this machine (its URL has a loopback address).
 * - The configured port is not 0 (0 means any free port).
 */
export function callbackUrlOf(config: Config): string | undefined {
  const { generatorCallbackUrl, publicUrl, generatorUrl, generators, host, port } = config;
  if (generatorCallbackUrl !== undefined) return generatorCallbackUrl;
  if (publicUrl !== undefined) return publicUrl;
  const urls = generators?.map(({ url }) => url) ?? [generatorUrl];
  const isHere = urls.some(({ location }) => loopback.test(URL.parse(location)?.hostname ?? ""));
  if (port === 0 || !isHere) return undefined;
  if (host === "0.0.0.0" || host === "::") return `http://127.0.0.1:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
