// What an e-mail and a password have to be, and how a password is kept: as what this gives, which tells nothing of it.
import { z } from "zod";

/** Slow by design. Both may wait for their turn; too many waiting is UNAVAILABLE. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Takes as long for a hash of ours that doesn't fit as for one that does. */
  verify(password: string, hash: string): Promise<boolean>;
}

const lengthOf = (text: string): number => [...text].length;

/** Any characters are allowed; only their number counts (NIST SP 800-63B, 3.1.1.2). A character takes two code units at most. */
export const passwordSchema = z
  .string()
  .max(2 * 200, { error: "At most 200 characters.", abort: true })
  .refine((text) => text.isWellFormed(), "It holds characters that are no text.")
  .refine((text) => lengthOf(text) >= 8, "At least 8 characters.")
  .refine((text) => lengthOf(text) <= 200, "At most 200 characters.");

/** The same password from another keyboard is the same password. */
export const normalPassword = (password: string): string => password.normalize("NFKC");

/** Matches in linear time: in each part at most one place can be the dot. */
const emailPattern = /^[^\s@\p{C}]+@[^\s@\p{C}][^\s@\p{C}.]*\.[^\s@\p{C}]+$/u;

/** `abort`: longer texts never reach the pattern. */
export const emailSchema = z
  .string()
  .trim()
  .max(254, { error: "At most 254 characters.", abort: true })
  .regex(emailPattern, "An e-mail address, like name@example.com.");

/** Two that differ in letter case or in how a letter is written are one. */
export const foldEmail = (email: string): string => email.normalize("NFKC").toLowerCase().trim();
