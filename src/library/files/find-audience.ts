// Who may have a version's files: its owner, or whoever holds a link that its business signed.
import type { UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { notFound } from "../../errors.ts";
import { businessOfLink } from "../tiers/find-audio.ts";
import { readAudioFacts } from "../versions/read-version.ts";

/** Gives the version's business. Missing, deleted, someone else's, or a link that is no good: the same NOT_FOUND. */
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
