// Converts the report about a Redis server to findings. A cache is allowed to lose its data; a
// queue is not.
import type { RedisReport } from "./redis-inspect.ts";
import { type Found, good, warning, wrong } from "../found.ts";

const queueVersionMin = [6, 2] as const;
const cacheVersionMin = [6, 0] as const;
/** In a cluster, the cache uses sharded pub/sub, which was added in Redis 7.0. */
const clusterVersionMin = [7, 0] as const;

export function queueFindings(report: RedisReport): readonly Found[] {
  const { evictionPolicy } = report;
  const policy =
    evictionPolicy === undefined
      ? warning(
          "Redis does not show its maxmemory-policy.",
          "Make sure that its maxmemory-policy is noeviction: any other policy loses jobs.",
        )
      : evictionPolicy === "noeviction"
        ? good("Redis evicts no keys when its memory is full.")
        : wrong(
            `Redis evicts keys when its memory is full (maxmemory-policy is ${evictionPolicy}), which would lose jobs.`,
            "Set maxmemory-policy to noeviction, and use another Redis as the cache.",
          );
  return [versionFound(report, queueVersionMin), policy, ...rightsFound(report)];
}

export function cacheFindings(report: RedisReport): readonly Found[] {
  const { evictionPolicy, memoryBytesMax } = report;
  const stuck = warning(
    "When its memory is full, Redis accepts no new data (maxmemory with noeviction).",
    "Set maxmemory-policy to allkeys-lru: any entry of the cache may be evicted.",
  );
  return [
    versionFound(report, report.isCluster ? clusterVersionMin : cacheVersionMin),
    ...(memoryBytesMax > 0 && evictionPolicy === "noeviction" ? [stuck] : []),
    ...rightsFound(report),
  ];
}

function versionFound({ version, isCluster }: RedisReport, [major, minor]: readonly [number, number]): Found {
  const [hasMajor = Number.NaN, hasMinor = 0] = version.split(".").map(Number);
  if (hasMajor < major || (hasMajor === major && hasMinor < minor)) {
    return wrong(`Redis ${version} is too old: ${major}.${minor} or newer is needed.`, "Upgrade the server.");
  }
  return good(`Redis ${version}${isCluster ? ", a node of a cluster" : ""}.`);
}

const rightsFound = ({ refusals: [first] }: RedisReport): readonly Found[] =>
  first === undefined
    ? [good("The user may read, write, run scripts and publish.")]
    : [
        wrong(
          `The user lacks a permission: ${first}`,
          "Give the user the permissions with: ACL SETUSER <user> on ~* &* +@all",
        ),
      ];
