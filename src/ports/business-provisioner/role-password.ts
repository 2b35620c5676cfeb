// Creates a role's password and its SCRAM verifier (RFC 5802, RFC 7677). A Postgres server that stores or logs the
// verifier does not learn the password.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const iterations = 4_096;

/** Returns 256 random bits in characters that need no escaping in a URL or in SQL. */
export const randomPassword = (): string => randomBytes(32).toString("base64url");

export function scramVerifierOf(password: string, salt: Uint8Array = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const mac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(mac("Client Key")).digest("base64");
  const serverKey = mac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}
