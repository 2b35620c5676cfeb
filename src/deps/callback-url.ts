// Finds the address at which generators reach the API.
import type { Config } from "../config/config.ts";

/** If no address is set, a generator on this machine calls the API's port on localhost, and a generator on another machine gets no address. */
export function callbackUrlOf(config: Config): string | undefined {
  const { generatorCallbackUrl, publicUrl, generatorUrl, generators, host, port } = config;
  if (generatorCallbackUrl !== undefined) return generatorCallbackUrl;
  if (publicUrl !== undefined) return publicUrl;
  const urls = generators?.map(({ url }) => url) ?? [generatorUrl];
  const isHere = urls.some(({ location }) => loopback.test(URL.parse(location)?.hostname ?? ""));
  if (port === 0 || !isHere) return undefined;
  return `http://${host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host}:${port}`;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
