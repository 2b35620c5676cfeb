// Reads stored credentials. The error for a missing field contains the name of the field, but no
// stored value of a field.
import { AppError } from "../../errors.ts";
import type { BusinessCredentials, BusinessEngine } from "./business-provisioner.ts";

/** Throws INTERNAL if the credentials belong to another engine or don't have the field `field`. */
export function fieldOf(credentials: BusinessCredentials, engine: BusinessEngine, field: string): string {
  const value = credentials[field];
  if (credentials.engine !== engine || value === undefined) {
    throw new AppError(
      "INTERNAL",
      "The business's stored credentials don't have the fields that its engine needs.",
      {
        details: { engine, field },
      },
    );
  }
  return value;
}

export const databaseGone = (cause?: unknown): AppError =>
  new AppError("UNAVAILABLE", "The business's database was not found.", {
    hint: "Was it moved or deleted? The operator has to restore it.",
    retryAfterSeconds: 30,
    cause,
  });
