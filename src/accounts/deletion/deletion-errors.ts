// Defines the errors for accounts that are being deleted.
import { AppError } from "../../errors.ts";

/** The error for a member whose account can still be restored. */
export const accountDeleting = (deleteAfter: string) =>
  new AppError("ACCOUNT_DELETING", `This account is being deleted. It is erased after ${deleteAfter}.`, {
    hint: "Restore the account first: POST /v1/accounts/restore.",
    details: { deleteAfter },
  });

/** The error for a member whose account can no longer be restored. */
export const accountErasing = () =>
  new AppError("GONE", "This account is being erased.", { hint: "The erasure can't be undone." });
