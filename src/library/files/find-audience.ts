// Checks who may get the files of a version: the owner of the version, or the holder of a link to it. Such a link is
// signed by the version's business.
import type { UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { notFound } from "../../errors.ts";
import { businessOfLink } from "../tiers/find-audio.ts";
import { readAudioFacts } from "../versions/read-version.ts";

/**
 * Returns the id of the version's business. Throws the same NOT_FOUND if the link is invalid, or if the version is
 * missing, deleted or belongs to another user. If `who` is the query of a link, only the link is checked, and the
 * version is not looked up.
 */
export async function findAudience(
  deps: { readonly registry: BusinessRegistry; readonly databases: OpenDatabases },
  versionId: string,
  who: UserCaller | URLSearchParams,
): Promise<string> {
  if (who instanceof URLSearchParams) return businessOfLink(deps.registry, versionId, who);
  const facts = await readAudioFacts(deps, who.businessId, versionId);
  if (facts.userId !== who.userId) throw notFound("version");
  return who.businessId;
}
