// Defines the cases that check whether a generator verifies the signature of each call (Standard Webhooks).
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import type { Call } from "../far-side.ts";
import { expectThat, SkipCase } from "../mismatch.ts";
import { expectProblem } from "../started.ts";

const hint =
  'Compute the HMAC-SHA256 of "id.timestamp.body" with the secret. For the body, use the received bytes, before you parse them.';

const secretOf = ({ far }: CheckContext): string => {
  if (far.secret === undefined)
    throw new SkipCase("No secret was given: set RONDO_GENERATOR_SECRET here and at the generator.");
  return far.secret;
};

/** Sends a POST /generate that the generator must refuse with 401. Throws SkipCase if no secret was given. */
async function expectRefused(ctx: CheckContext, signing: Call["signing"]): Promise<void> {
  secretOf(ctx);
  const { body } = await ctx.prepare();
  const call = { body: JSON.stringify(body), ...(signing === undefined ? {} : { signing }) };
  const answer = await ctx.far.call("POST", "/generate", call);
  await expectProblem(answer, [401]);
}

const now = () => Math.floor(Date.now() / 1000);

export const signatureCases = group("signature", {
  right: {
    title: "a call with the correct signature is accepted",
    hint: "Check that both sides have the same secret. A secret is whsec_ followed by base64, or any other string, whose UTF-8 bytes are the key.",
    run: async (ctx) => {
      secretOf(ctx);
      const { status } = await ctx.far.call("GET", "/capabilities");
      expectThat(status === 200, "200", `${status}`);
    },
  },
  "of-several": {
    title: "one correct signature among several is enough",
    hint: "webhook-signature may have several signatures, separated by spaces: accept the call if one of them is correct.",
    run: async (ctx) => {
      secretOf(ctx);
      const signing = { before: `v1,${Buffer.alloc(32).toString("base64")}` };
      const { status } = await ctx.far.call("GET", "/capabilities", { signing });
      expectThat(status === 200, "200", `${status}`);
    },
  },
  missing: {
    title: "a call without a signature is refused with 401",
    hint,
    run: (ctx) => expectRefused(ctx, "none"),
  },
  wrong: {
    title: "a call that is signed with another secret is refused with 401",
    hint,
    run: (ctx) => expectRefused(ctx, { secret: "another secret" }),
  },
  "of-other-body": {
    title: "a call whose signature belongs to another body is refused with 401",
    hint,
    run: (ctx) => expectRefused(ctx, { body: "{}" }),
  },
  old: {
    title: "a call that was signed ten minutes ago is refused with 401",
    hint: "Refuse a webhook-timestamp that differs from your clock by more than five minutes.",
    run: (ctx) => expectRefused(ctx, { timestamp: now() - 600 }),
  },
  future: {
    title: "a call with a timestamp ten minutes in the future is refused with 401",
    hint: "Refuse a webhook-timestamp that differs from your clock by more than five minutes.",
    run: (ctx) => expectRefused(ctx, { timestamp: now() + 600 }),
  },
  cancel: {
    title: "DELETE without a signature is refused with 401",
    hint: "Verify the signature of every call, including DELETE, whose body is empty.",
    run: async (ctx) => {
      secretOf(ctx);
      const answer = await ctx.far.call("DELETE", `/generate/${crypto.randomUUID()}`, { signing: "none" });
      await expectProblem(answer, [401]);
    },
  },
});
