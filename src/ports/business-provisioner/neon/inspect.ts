// Checks whether our API key can access a Neon project, before it is used. Writes nothing.
import { createNeonApi, type NeonApiOptions } from "./api.ts";

export interface NeonReport {
  /** The default branch, the parent of the others. */
  readonly defaultBranch: string;
}

/** Errors: those of the API's calls; CONFIG_INVALID for a refused key and a missing project. */
export async function inspectNeon(options: NeonApiOptions): Promise<NeonReport> {
  const { name } = await createNeonApi({ ...options, patienceMs: 2_000 }).defaultBranch();
  return { defaultBranch: name };
}
