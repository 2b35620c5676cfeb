// Tests that the code in the webhook guide accepts correctly signed messages, and refuses altered
// or old messages, in Node.js and in Python.
import { describe, expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { newSecret } from "./endpoint-secrets.ts";
import { signMessage } from "./sign-message.ts";

const guide = await Bun.file(resolve(import.meta.dirname, "../../docs/guides/webhooks.md")).text();

const codeIn = (language: string): string => {
  const [, code] = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(guide) ?? [];
  if (code === undefined) throw new Error(`The guide has no code in ${language}.`);
  return code;
};

const languages = [
  {
    ...{ name: "js", program: "node", file: "verify.mjs" },
    call: `
const { headers, body, secret } = JSON.parse(process.argv[2]);
console.log(JSON.stringify(verifyWebhook(headers, body, secret)));`,
  },
  {
    ...{ name: "python", program: "python3", file: "verify.py" },
    call: `
import sys
given = json.loads(sys.argv[1])
print(json.dumps(verify_webhook(given["headers"], given["body"].encode(), given["secret"])))`,
  },
];

describe.each(languages)("the code of the webhook guide in $name", ({ name, program, file, call }) => {
  const path = Bun.which(program);
  if (path === null) console.log(`skipped: this machine has no ${program}`);

  test.skipIf(path === null)(
    "accepts a correctly signed message, and refuses an altered or old message",
    async () => {
      await using directory = await createTemporaryDirectory();
      const script = join(directory.path, file);
      await Bun.write(script, codeIn(name) + call);
      const [secret, former] = [newSecret(), newSecret()];
      const body = JSON.stringify({ type: "ping", data: { name: "Größe" } });
      const sign = (atMs: number) => signMessage({ id: "msg_1", atMs, body }, [secret, former]);
      const run = (given: { headers: object; body: string; secret: string }) =>
        Bun.spawnSync([path!, script, JSON.stringify(given)], { stderr: "pipe" });
      const headers = sign(Date.now());
      for (const one of [secret, former]) {
        const { stdout, stderr } = run({ headers, body, secret: one });
        expect(stderr.toString()).toBe("");
        expect(JSON.parse(stdout.toString())).toEqual(JSON.parse(body));
      }
      const refused = [
        { headers, body: body.replace("ping", "pong"), secret },
        { headers, body, secret: newSecret() },
        { headers: { ...headers, "webhook-id": "msg_2" }, body, secret },
        { headers: { ...headers, "webhook-signature": "v1,AAAA v2,AAAA" }, body, secret },
      ];
      for (const given of refused) expect(run(given).stderr.toString()).toContain("The signature is wrong.");
      const old = { headers: sign(Date.now() - 600_000), body, secret };
      expect(run(old).stderr.toString()).toContain("The message is too old.");
    },
  );
});
