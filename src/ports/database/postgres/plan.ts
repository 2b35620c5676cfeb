// What Postgres's own account of a statement's plan says about how far the statement reaches.
import type { StatementPlan } from "../database.ts";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Cond"?: string;
  readonly Alias?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * `text`: what EXPLAIN (FORMAT JSON) says with enable_seqscan off. A scan that is left then is one that
 * no index could spare; tables of a test are too small to tell otherwise.
 */
export function planOf(text: string): StatementPlan {
  const [{ Plan: root }] = JSON.parse(text) as [{ Plan: PlanNode }];
  const scanned = scannedBy(root);
  return { reach: scanned.length > 0 ? "scan" : "lookups", scanned, text };
}

/** A table read whole, or by an index that narrows nothing. A bitmap's alias stands on the node above it. */
function scannedBy(node: PlanNode, above = ""): readonly string[] {
  const { Alias = above, Plans = [] } = node;
  const type = node["Node Type"];
  const whole = type === "Seq Scan" || (/Index/.test(type) && node["Index Cond"] === undefined);
  return [...(whole ? [Alias] : []), ...Plans.flatMap((inner) => scannedBy(inner, Alias))];
}
