// Parses the settings that contain the URL of a store. The scheme of the URL selects the technology, which checks the
// rest of the URL.
import { resolve } from "node:path";
import { isOnDisk, type StoreUrl } from "../ports/store-url.ts";
import { type AnyTechnology, findTechnology } from "../ports/technology.ts";
import type { SettingKind } from "./setting-kinds.ts";

interface Schemes {
  readonly technologies: readonly AnyTechnology[];
}

export function storeUrl({ technologies }: Schemes): SettingKind<StoreUrl> {
  const supported = technologies.flatMap(({ schemes }) => schemes.map((scheme) => `${scheme}:`)).join(" or ");
  return {
    parse(url, setting, refuse) {
      const refuseUrl = (message: string, example = setting.example) =>
        refuse(message, `For example ${setting.variable}=${example}`);
      const parsed = findStoreUrl(url);
      if (!parsed) return refuseUrl(`"${hideSecrets(url)}" is not a URL.`);
      if (!isOnDisk(parsed) && !isDecodable(url))
        return refuse(
          "The URL contains a % that does not begin an encoded character.",
          "In a user name and a password, write each % as %25, and other special characters percent-encoded, too.",
        );
      const technology = findTechnology(technologies, parsed.scheme);
      if (technology) {
        const fault = technology.faultOf(parsed.location);
        return fault === undefined ? parsed : refuseUrl(fault, technology.example);
      }
      return refuseUrl(`${parsed.scheme}: is not supported here; use ${supported}.`);
    },
  };
}

/**
 * Returns undefined for text that is not a URL. The `location` of a store on disk is its absolute
 * path: a relative path is resolved against the working directory. If the URL has no path, the
 * `location` is "". The `location` of any other store is the whole URL.
 */
export function findStoreUrl(text: string): StoreUrl | undefined {
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+]*):(.*)$/s.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  if (!isOnDisk({ scheme, location: text })) return { scheme, location: text };
  const path = rest.replace(/^\/\//, "");
  return { scheme, location: path === "" ? "" : resolve(path) };
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

const hideSecrets = (url: string) => url.replace(/\/\/[^@/]*@/, "//…@");
