// Validates e-mails and passwords. Passwords are stored only as a hash.
import { z } from "zod";

/**
 * Hashes slowly by design. Both methods may wait for their turn. If too many calls wait, they throw
 * UNAVAILABLE.
 */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Takes equally long for matching and for non-matching hashes. */
  verify(password: string, hash: string): Promise<boolean>;
}

const lengthOf = (text: string): number => [...text].length;

/** Any characters are allowed; only their number counts (NIST SP 800-63B, 3.1.1.2). A character takes two code units at most. */
export const passwordSchema = z
  .string()
  .max(2 * 200, { error: "It may have at most 200 characters.", abort: true })
  .refine((text) => text.isWellFormed(), "It contains invalid characters.")
  .refine((text) => lengthOf(text) >= 8, "It needs at least 8 characters.")
  .refine((text) => lengthOf(text) <= 200, "It may have at most 200 characters.");

/** Makes the same password from different keyboards equal. */
export const normalPassword = (password: string): string => password.normalize("NFKC");

/** Matches in linear time, because in each part only one place can be the dot. */
const emailPattern = /^[^\s@\p{C}]+@[^\s@\p{C}][^\s@\p{C}.]*\.[^\s@\p{C}]+$/u;

/** With `abort`, longer texts never reach the pattern. */
export const emailSchema = z
  .string()
  .trim()
  .max(254, { error: "It may have at most 254 characters.", abort: true })
  .regex(emailPattern, "An e-mail address is needed, like name@example.com.");

/** E-mails that differ only in letter case or in how a letter is encoded become equal. */
export const foldEmail = (email: string): string => email.normalize("NFKC").toLowerCase().trim();
