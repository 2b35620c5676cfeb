// Loads the Ed25519 key that signs receipts of erasures. The key is created on first use and stored encrypted.
import { CompactSign, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { storeSettingOnce } from "../tables/stored-setting.ts";
import type { Sealing } from "./sealing.ts";

const receiptKeySetting = "receiptKey";
export const receiptKeyContext = `settings/${receiptKeySetting}`;
const algorithm = "EdDSA";

interface ReceiptKeyDeps {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
}

/** Returns a JWS in the compact form (RFC 7515). Its header contains the public key. */
export async function signReceipt(deps: ReceiptKeyDeps, receipt: object): Promise<string> {
  const key = await loadKey(deps);
  const { d: _, ...publicKey } = key;
  return new CompactSign(Buffer.from(JSON.stringify(receipt)))
    .setProtectedHeader({ alg: algorithm, typ: "rondo-erasure+jws", jwk: publicKey })
    .sign(await importJWK(key, algorithm));
}

/** Each call generates a key, but only the first generated key is stored. All calls return the stored key. */
async function loadKey({ control, sealing }: ReceiptKeyDeps): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { crv: "Ed25519", extractable: true });
  const fresh = Buffer.from(JSON.stringify(await exportJWK(privateKey)));
  const value = await storeSettingOnce(control, {
    name: receiptKeySetting,
    value: sealing.seal(fresh, receiptKeyContext),
  });
  return JSON.parse(Buffer.from(sealing.open(value, receiptKeyContext)).toString()) as JWK;
}
