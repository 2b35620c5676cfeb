// Checks the password of a signed-in user again. Attempts are counted per account, and a
// correct password resets the count.
import { AppError } from "../../errors.ts";
import { normalPassword } from "./passwords.ts";
import { refuseTooMany, type SignInDeps } from "../sign-in/sign-in.ts";

interface OwnPassword {
  readonly businessId: string;
  readonly userId: string;
  readonly password: string;
  /** The stored hash of the user's password. */
  readonly hash: string;
}

/**
 * Errors: UNAUTHENTICATED if the password is wrong. TOO_MANY_REQUESTS after too many attempts
 * (`signInLimit`); the password is then not checked.
 */
export async function verifyOwnPassword(
  deps: SignInDeps,
  { businessId, userId, password, hash }: OwnPassword,
): Promise<void> {
  const attempts = `own-password:${businessId}:${userId}`;
  await refuseTooMany(deps, attempts, "There were too many attempts with a wrong password of this account.");
  if (!(await deps.passwords.verify(normalPassword(password), hash)))
    throw new AppError("UNAUTHENTICATED", "This is not the password of this account.", {
      hint: "Check it, then try again.",
      isWrongCredential: true,
    });
  await deps.limiter.forget(attempts);
}
