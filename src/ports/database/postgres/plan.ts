// Reads from the output of EXPLAIN which tables a statement scans.
import type { StatementPlan } from "../database.ts";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Cond"?: string;
  readonly Alias?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * `text` must be the output of EXPLAIN (FORMAT JSON) with enable_seqscan off. With this setting,
 * Postgres scans a table only if it finds no index that it can use instead. With enable_seqscan on,
 * Postgres would also scan the small tables of a test.
 */
export function planOf(text: string): StatementPlan {
  const [{ Plan: root }] = JSON.parse(text) as [{ Plan: PlanNode }];
  const scanned = scannedBy(root);
  return { reach: scanned.length > 0 ? "scan" : "lookups", scanned, sorts: sorts(root), text };
}

/**
 * Returns whether the plan contains a full sort. An incremental sort doesn't count, because it reads the rows in the
 * order of an index and sorts only rows that have equal values in that index.
 */
const sorts = (node: PlanNode): boolean => node["Node Type"] === "Sort" || (node.Plans ?? []).some(sorts);

/**
 * Returns the aliases of the tables that are read as a whole: by a sequential scan, or by an index scan without a
 * condition. A bitmap index scan has no alias, so the alias of the node above it is used.
 */
function scannedBy(node: PlanNode, above = ""): readonly string[] {
  const { Alias = above, Plans = [] } = node;
  const type = node["Node Type"];
  const whole = type === "Seq Scan" || (/Index/.test(type) && node["Index Cond"] === undefined);
  return [...(whole ? [Alias] : []), ...Plans.flatMap((inner) => scannedBy(inner, Alias))];
}
