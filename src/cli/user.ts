// Defines the commands rondo user list|export|erase|end-sessions|reset-link, which manage the users of a business.
import { Command, Option } from "commander";
import { eraseUser } from "../accounts/deletion/erase-user.ts";
import { endSessions } from "../accounts/manage/end-sessions.ts";
import { exportUser } from "../accounts/manage/export-user.ts";
import { getUser, listUsers } from "../accounts/manage/list-users.ts";
import { createResetLink } from "../accounts/passwords/reset-password.ts";
import { counted } from "../counted.ts";
import { readConfig } from "../config/config.ts";
import { asJson, type OutputOptions, printAll, printOne } from "./terminal/output.ts";
import { pageUrlOf } from "../businesses/page-url.ts";
import { findBusiness, withStores } from "./with-stores.ts";

const kinds = ["guest", "member", "external"] as const;
const listedMax = 200;

interface ListOptions extends OutputOptions {
  readonly kind?: (typeof kinds)[number];
  readonly text?: string;
}

export function userCommand(): Command {
  const user = new Command("user").description("find, export and erase the users of a business");
  user
    .command("list")
    .description(`list the latest ${listedMax} users of a business, newest first`)
    .argument("<business>", "the business's slug")
    .addOption(new Option("--kind <kind>", "only those of this kind").choices(kinds))
    .option("--text <text>", "only those whose id or e-mail begins with this text")
    .option(...asJson)
    .action((slug: string, { json = false, ...search }: ListOptions) =>
      withStores(async (deps) => {
        const { id } = await findBusiness(deps, slug);
        const { items } = await listUsers(deps, id, { ...search, limit: listedMax });
        printAll(items, { json }, (one) =>
          [one.userId, one.kind, one.email ?? "", one.createdAt, one.tracks, one.openSessions].join("\t"),
        );
      }),
    );
  user
    .command("export")
    .description("print, as JSON and without the sound, the data that is stored about a user")
    .argument("<business>", "the business's slug")
    .argument("<userId>", "the id of the user")
    .action((slug: string, userId: string) =>
      withStores(async (deps) => {
        const { id } = await findBusiness(deps, slug);
        console.log(JSON.stringify(await exportUser(deps, id, userId), null, 2));
      }),
    );
  user
    .command("end-sessions")
    .description("end all sessions of a user, everywhere within five seconds")
    .argument("<business>", "the business's slug")
    .argument("<userId>", "the id of the user")
    .action((slug: string, userId: string) =>
      withStores(async (deps) => {
        const { id } = await findBusiness(deps, slug);
        console.log(`${counted(await endSessions(deps, id, userId), "session")} ended.`);
      }),
    );
  user
    .command("erase")
    .description("erase a user and all their content for good, and print as JSON what is removed")
    .argument("<business>", "the business's slug")
    .argument("<userId>", "the id of the user")
    .action((slug: string, userId: string) =>
      withStores(async (deps) => {
        const { id: businessId } = await findBusiness(deps, slug);
        await getUser(deps, businessId, userId);
        const caller = { kind: "user", businessId, userId } as const;
        const erasure = await eraseUser({ ...deps, streams: deps.chunkStore, forgetSounds() {} }, caller);
        console.log(JSON.stringify(erasure, null, 2));
      }),
    );
  user
    .command("reset-link")
    .description("issue a link for setting a new password; it works once, for 30 minutes")
    .argument("<business>", "the business's slug")
    .argument("<email>", "the e-mail of the member")
    .option(...asJson)
    .action((slug: string, email: string, options: OutputOptions) =>
      withStores(async (deps) => {
        const { port, publicUrl = `http://127.0.0.1:${port}` } = readConfig();
        const page = await pageUrlOf(deps.registry, await findBusiness(deps, slug), publicUrl);
        const { token, expiresAt } = await createResetLink(deps, slug, email, "command line");
        const url = `${page}/reset-password#${token}`;
        printOne({ url, expiresAt }, options, (one) => `${one.url}\tuntil ${one.expiresAt}`);
      }),
    );
  return user;
}
