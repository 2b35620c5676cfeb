// Validates and normalises e-mails and passwords. Passwords are stored only as a hash.
import { z } from "zod";

/**
 * Hashes passwords with a function that is slow by design. If many calls are running, further calls of both methods
 * wait. If too many calls are already waiting, the methods throw UNAVAILABLE.
 */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Takes the same time for a right and for a wrong password. */
  verify(password: string, hash: string): Promise<boolean>;
}

const lengthOf = (text: string): number => [...text].length;

/**
 * All characters are allowed, and only their number is limited (NIST SP 800-63B, 3.1.1.2). Counting the characters of a
 * very long text is slow. Therefore the first rule refuses such a text by its number of UTF-16 code units. A character
 * has one or two code units, so this rule refuses no text of 200 characters.
 */
export const passwordSchema = z
  .string()
  .max(2 * 200, { error: "It may have at most 200 characters.", abort: true })
  .refine((text) => text.isWellFormed(), "It contains invalid characters.")
  .refine((text) => lengthOf(text) >= 8, "It needs at least 8 characters.")
  .refine((text) => lengthOf(text) <= 200, "It may have at most 200 characters.");

/** Normalises a password, because keyboards may encode the same letter differently. */
export const normalPassword = (password: string): string => password.normalize("NFKC");

/**
 * An attacker can't make this pattern slow: it takes linear time for every text. Its `\.` can match only one dot, the
 * first dot after the first character of the domain. So the regular expression engine never tries several dots.
 */
const emailPattern = /^[^\s@\p{C}]+@[^\s@\p{C}][^\s@\p{C}.]*\.[^\s@\p{C}]+$/u;

/** With `abort`, a string that is too long is never matched against the pattern. */
export const emailSchema = z
  .string()
  .trim()
  .max(254, { error: "It may have at most 254 characters.", abort: true })
  .regex(emailPattern, "An e-mail address is needed, like name@example.com.");

/**
 * Normalises an e-mail for comparisons. E-mails that differ only in letter case or in the encoding of a letter give the
 * same result.
 */
export const foldEmail = (email: string): string => email.normalize("NFKC").toLowerCase().trim();
