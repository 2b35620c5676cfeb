// Gets the database URL of the Postgres role that owns the tables of a branch. Each call sets a new password of this
// role through Neon's API.
import { AppError } from "../../../errors.ts";
import type { BusinessCredentials } from "../business-provisioner.ts";
import { fieldOf } from "../credentials.ts";
import type { HostedAccess } from "../technology.ts";
import type { NeonApi } from "./api.ts";
import { neonDatabase, neonUrl } from "./golden.ts";

/** Returns the owner's URL with a new password. The URLs of earlier calls no longer work. */
export async function ownerUrlOf(from: NeonApi, branchId: string): Promise<string> {
  const owner = (await from.databasesOf(branchId)).find(({ name }) => name === neonDatabase)?.owner ?? "";
  const host = await from.hostOf(branchId, neonDatabase, owner);
  return neonUrl(host, owner, await from.rotatePassword(branchId, owner), neonDatabase);
}

/**
 * Throws UNAVAILABLE if `access` is undefined. Other errors are those of `fieldOf` and `NeonApi`.
 */
export async function neonOwnerUrl(
  credentials: BusinessCredentials,
  access: HostedAccess | undefined,
): Promise<string> {
  if (access === undefined) throw noNeonKey();
  const { branchId, projectId } = neonFieldsOf(credentials);
  const { createNeonApi } = await import("./api.ts");
  return ownerUrlOf(createNeonApi({ ...access, projectId }), branchId);
}

export const neonFieldsOf = (credentials: BusinessCredentials) => ({
  url: fieldOf(credentials, "neon", "url"),
  branchId: fieldOf(credentials, "neon", "branchId"),
  projectId: fieldOf(credentials, "neon", "projectId"),
});

export const noNeonKey = (): AppError =>
  new AppError("UNAVAILABLE", "A branch of Neon can't be created, changed or deleted without an API key.", {
    hint: "Set RONDO_NEON_API_KEY to a key that can change the project.",
  });
