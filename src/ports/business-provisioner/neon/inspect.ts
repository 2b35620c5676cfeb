// Checks whether the API key can access a Neon project before Rondo uses the project. The check changes nothing.
import { createNeonApi, type NeonApiOptions } from "./api.ts";

export interface NeonReport {
  /** The name of the default branch, which is the parent of the other branches. */
  readonly defaultBranch: string;
}

/**
 * Errors: CONFIG_INVALID for a refused key or a project without a default branch, NOT_FOUND for a
 * missing project, and UNAVAILABLE for most other failures, for example if Neon can't be reached.
 * While the project is locked or Neon gets too many requests, a call is repeated for at most two seconds.
 */
export async function inspectNeon(options: NeonApiOptions): Promise<NeonReport> {
  const { name } = await createNeonApi({ ...options, patienceMs: 2_000 }).defaultBranch();
  return { defaultBranch: name };
}
