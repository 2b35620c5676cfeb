// Reading credentials that were made earlier: what is missing is told without showing the rest.
import { AppError } from "../../errors.ts";
import type { BusinessCredentials, BusinessEngine } from "./business-provisioner.ts";

/** Throws INTERNAL where the credentials are another engine's or lack a field. */
export function fieldOf(credentials: BusinessCredentials, engine: BusinessEngine, field: string): string {
  const value = credentials[field];
  if (credentials.engine !== engine || value === undefined) {
    throw new AppError("INTERNAL", "The business's stored credentials are not what its engine needs.", {
      details: { engine, field },
    });
  }
  return value;
}

export const databaseGone = (cause?: unknown): AppError =>
  new AppError("UNAVAILABLE", "The business's database is not where it was.", {
    hint: "Was it moved or taken away? An operator has to look.",
    retryAfterSeconds: 30,
    cause,
  });
