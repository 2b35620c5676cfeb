// Lists and sets the hosts at which Rondo serves the page of a business.
import { counted } from "../../counted.ts";
import { v7 as uuidv7 } from "uuid";
import { AppError, notFound } from "../../errors.ts";
import type { CreateBusinessDeps } from "./create-business.ts";

type HostDeps = Pick<CreateBusinessDeps, "control" | "registry">;

const hostsMax = 50;
/**
 * Matches a host with or without a port. A host without a port (music.example) stands for every port of this host. But
 * if a business has set the host with a port (music.example:8080), this port belongs to that business.
 */
const hostPattern =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/;

/** Lists the hosts in alphabetical order. Error: NOT_FOUND. */
export async function listBusinessHosts(
  { control }: Pick<HostDeps, "control">,
  slug: string,
): Promise<readonly string[]> {
  const business = await control.kysely
    .selectFrom("businesses")
    .select("id")
    .where("slug", "=", slug)
    .executeTakeFirst();
  if (!business) throw notFound("business");
  const rows = await control.kysely
    .selectFrom("businessHosts")
    .select("host")
    .where("businessId", "=", business.id)
    .orderBy("host")
    .execute();
  return rows.map(({ host }) => host);
}

/**
 * Replaces all hosts of a business, and returns the stored hosts: in lower case, sorted and without duplicates. Other
 * processes use the new hosts within five seconds. After an error, the old hosts are unchanged. Errors: NOT_FOUND,
 * INVALID_PARAMETER for a text that is not a host or for more than 50 hosts, CONFLICT for a host of another business.
 */
export async function setBusinessHosts(
  { control, registry }: HostDeps,
  actor: string,
  slug: string,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const hosts = [...new Set(wanted.map((host) => host.trim().toLowerCase()))].toSorted();
  const bad = hosts.find((host) => !hostPattern.test(host));
  if (bad !== undefined)
    throw new AppError("INVALID_PARAMETER", `"${bad}" is not a host.`, {
      hint: "A host is a name such as music.example.com, without https:// and without a path.",
    });
  if (hosts.length > hostsMax)
    throw new AppError("INVALID_PARAMETER", `A business has at most ${hostsMax} hosts.`, {
      hint: `${counted(hosts.length, "host")} were given. Leave out the hosts that are no longer used.`,
    });
  await control.transaction(async (trx) => {
    const business = await trx
      .selectFrom("businesses")
      .select("id")
      .where("slug", "=", slug)
      .executeTakeFirst();
    if (!business) throw notFound("business");
    await trx.deleteFrom("businessHosts").where("businessId", "=", business.id).execute();
    for (const host of hosts) {
      const other = await trx
        .selectFrom("businessHosts")
        .select("host")
        .where("host", "=", host)
        .executeTakeFirst();
      if (other) throw hostTaken(host);
      await trx.insertInto("businessHosts").values({ host, businessId: business.id }).execute();
    }
    const at = new Date().toISOString();
    await trx
      .insertInto("audit")
      .values({ id: uuidv7(), at, actor, action: "business.hosts", subject: business.id })
      .execute();
  });
  registry.forget();
  return hosts;
}

const hostTaken = (host: string): AppError =>
  new AppError("CONFLICT", `Another business has the host ${host}.`, {
    hint: "Remove the host from that business first.",
  });
