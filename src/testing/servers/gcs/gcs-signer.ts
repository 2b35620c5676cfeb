// Creates a service account for tests. Until the account is disposed, its key is the application
// default credential of this process.
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import type { GcsServer } from "./gcs-server.ts";
import { createTemporaryDirectory } from "../../temporary-directory.ts";

const email = "rondo@project.iam.gserviceaccount.com";
let keys: { readonly publicKey: string; readonly privateKey: string } | undefined;

/** Creates the account and makes the server accept its signatures. */
export async function createGcsSigner(server: GcsServer): Promise<AsyncDisposable> {
  keys ??= generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const directory = await createTemporaryDirectory();
  const keyFile = join(directory.path, "key.json");
  const account = { type: "service_account", client_email: email, private_key: keys.privateKey };
  await Bun.write(keyFile, JSON.stringify(account));
  const before = Bun.env.GOOGLE_APPLICATION_CREDENTIALS;
  Bun.env.GOOGLE_APPLICATION_CREDENTIALS = keyFile;
  server.signer = { email, publicKey: keys.publicKey };
  return {
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete Bun.env.GOOGLE_APPLICATION_CREDENTIALS;
      else Bun.env.GOOGLE_APPLICATION_CREDENTIALS = before;
      await directory[Symbol.asyncDispose]();
    },
  };
}
