// rondo user reset-link: issues a link with which a member sets a new password.
import { Command } from "commander";
import { createResetLink } from "../accounts/reset-password.ts";
import { readConfig } from "../config/config.ts";
import { asJson, type OutputOptions, printOne } from "./terminal/output.ts";
import { findBusiness, withStores } from "./with-stores.ts";

export function userCommand(): Command {
  const user = new Command("user").description("help the members of a business");
  user
    .command("reset-link")
    .description("issue a link for a new password; it works once, for 30 minutes")
    .argument("<business>", "the business's slug")
    .argument("<email>", "the e-mail of the member")
    .option(...asJson)
    .action((slug: string, email: string, options: OutputOptions) =>
      withStores(async (deps) => {
        const { port, publicUrl = `http://127.0.0.1:${port}` } = readConfig();
        await findBusiness(deps, slug);
        const { token, expiresAt } = await createResetLink(deps, slug, email, "command line");
        const url = `${publicUrl}/reset-password#${token}`;
        printOne({ url, expiresAt }, options, (one) => `${one.url}\tuntil ${one.expiresAt}`);
      }),
    );
  return user;
}
