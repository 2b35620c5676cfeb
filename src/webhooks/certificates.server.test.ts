// Tests that no message is sent to an endpoint with a self-signed certificate. The test makes the certificate with
// openssl. If openssl is not installed, the test is skipped.
import { expect, test } from "bun:test";
import { allowsAlso, createDialPublic } from "../ports/dial-public.ts";
import { noSignal } from "../testing/studio.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createSendMessage } from "./send-message.ts";

const hasOpenssl = Bun.which("openssl") !== null;
if (!hasOpenssl) console.log("skipped: this machine has no openssl");

test.skipIf(!hasOpenssl)("no message is sent to an endpoint with a self-signed certificate", async () => {
  await using directory = await createTemporaryDirectory();
  const [key, cert] = [`${directory.path}/key.pem`, `${directory.path}/cert.pem`];
  const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const files = ["-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=127.0.0.1"];
  Bun.spawnSync(["openssl", ...kind, ...files]);
  let requests = 0;
  await using server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1", tls: { key: Bun.file(key), cert: Bun.file(cert) } },
    fetch: () => new Response(String(++requests)),
  });
  const dial = createDialPublic(undefined, allowsAlso(["127.0.0.0/8"]));
  const send = createSendMessage({ dial, limitMs: 5_000 });
  const outcome = await send({ url: `https://127.0.0.1:${server.port}/`, headers: {}, body: "{}" }, noSignal);
  expect(outcome).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("certificate is invalid"),
  });
  expect(requests).toBe(0);
});
