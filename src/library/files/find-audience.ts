// Checks who is allowed to get the files of a version: the owner of the version, or the holder of a
// link that the version's business has signed for this version.
import type { UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { notFound } from "../../errors.ts";
import { businessOfLink } from "../tiers/find-audio.ts";
import { readAudioFacts } from "../versions/read-version.ts";

/**
 * Returns the id of the version's business.
 * - If `who` is the query of a link, only the link is checked. The version is not looked up.
 * - If `who` is a user, the version must belong to the user, and neither the version nor its track may be deleted.
 *
 * If a check fails, throws NOT_FOUND. The message is the same for every reason, so a caller can't find out the reason.
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
