// Whether a Neon project can be asked with our key, for whoever checks it before relying on it. Writes nothing.
import { createNeonApi, type NeonApiOptions } from "./api.ts";

export interface NeonReport {
  /** The branch that others come from. */
  readonly defaultBranch: string;
}

/** Errors: those of the API's calls; a key that is refused and a project that is not there are CONFIG_INVALID. */
export async function inspectNeon(options: NeonApiOptions): Promise<NeonReport> {
  const { name } = await createNeonApi({ ...options, patienceMs: 2_000 }).defaultBranch();
  return { defaultBranch: name };
}
