// Lists every command of the operator. If a view of the console does the same as a command, the
// entry contains the name of the view. A test compares the list with docs/reference/cli.md.
import { t } from "../../i18n/translate.ts";

export interface Place {
  /** The command without `rondo`. */
  readonly command: string;
  /** The view that does the same. Undefined if the command has to run on the server's machine. */
  readonly view?: string;
  /** What the command is for. */
  readonly does: string;
}

const ofBusiness = (view: string) => t("Businesses › a business › {view}", { view });

export const places = (): readonly Place[] => [
  { command: "business create", view: t("Businesses"), does: t("create a business") },
  { command: "business list", view: t("Businesses"), does: t("list the businesses") },
  { command: "business show", view: ofBusiness(t("Overview")), does: t("show a business") },
  { command: "business rename", view: ofBusiness(t("Overview")), does: t("rename a business") },
  {
    command: "business hosts",
    view: ofBusiness(t("Overview")),
    does: t("set the hosts of a business’s page"),
  },
  { command: "business suspend", view: ofBusiness(t("Overview")), does: t("suspend a business") },
  { command: "business resume", view: ofBusiness(t("Overview")), does: t("resume a business") },
  {
    command: "business delete",
    view: ofBusiness(t("Overview")),
    does: t("delete a business after a period of grace"),
  },
  { command: "business undelete", view: ofBusiness(t("Overview")), does: t("undo the deletion") },
  {
    command: "business limits",
    view: ofBusiness(t("Limits")),
    does: t("change the limits and quotas of a business"),
  },
  {
    command: "business generators",
    view: ofBusiness(t("Generators")),
    does: t("choose the generators of a business"),
  },
  {
    command: "business generator-key",
    view: ofBusiness(t("Generators")),
    does: t("set a business’s own key for a generator"),
  },
  {
    command: "business generator-keys",
    view: ofBusiness(t("Generators")),
    does: t("list a business’s own keys for generators"),
  },
  { command: "business apply", view: ofBusiness(t("Tables and app")), does: t("apply an app") },
  {
    command: "business app show",
    view: ofBusiness(t("Tables and app")),
    does: t("show the app of a business and its versions"),
  },
  {
    command: "business app rollback",
    view: ofBusiness(t("Tables and app")),
    does: t("return to an earlier version of an app"),
  },
  { command: "business app schema", does: t("print the JSON Schema of a table file") },
  {
    command: "business promote",
    view: ofBusiness(t("Database")),
    does: t("move a business to another engine"),
  },
  { command: "business preview", view: ofBusiness(t("Database")), does: t("create, list and end previews") },
  {
    command: "business receipts",
    view: t("Databases › Erased businesses"),
    does: t("list the receipts of erasures"),
  },
  { command: "business export", does: t("write a business into an archive") },
  { command: "business restore", does: t("create a business from an archive") },
  { command: "business sweep", does: t("check every business after the control database was restored") },
  { command: "app apply", does: t("apply the app of RONDO_APP to all businesses") },
  { command: "key create", view: ofBusiness(t("Keys")), does: t("create a key") },
  { command: "key list", view: ofBusiness(t("Keys")), does: t("list the keys") },
  { command: "key rotate", view: ofBusiness(t("Keys")), does: t("replace a key") },
  { command: "key revoke", view: ofBusiness(t("Keys")), does: t("revoke a key") },
  { command: "key rotate-master", does: t("seal all secrets under a new master key") },
  { command: "usage", view: ofBusiness(t("Usage")), does: t("show what a business used") },
  { command: "webhook create", view: ofBusiness(t("Webhooks")), does: t("add an endpoint") },
  { command: "webhook list", view: ofBusiness(t("Webhooks")), does: t("list the endpoints") },
  { command: "webhook events", view: ofBusiness(t("Webhooks")), does: t("choose the events of an endpoint") },
  { command: "webhook pause", view: ofBusiness(t("Webhooks")), does: t("pause an endpoint") },
  { command: "webhook resume", view: ofBusiness(t("Webhooks")), does: t("resume an endpoint") },
  { command: "webhook rotate", view: ofBusiness(t("Webhooks")), does: t("replace a secret") },
  { command: "webhook test", view: ofBusiness(t("Webhooks")), does: t("send a ping") },
  { command: "webhook delete", view: ofBusiness(t("Webhooks")), does: t("delete an endpoint") },
  { command: "webhook deliveries", view: ofBusiness(t("Webhooks")), does: t("list the deliveries") },
  { command: "webhook replay", view: ofBusiness(t("Webhooks")), does: t("send dead deliveries again") },
  { command: "user list", view: ofBusiness(t("Users")), does: t("find users") },
  { command: "user export", view: ofBusiness(t("Users")), does: t("export a user") },
  { command: "user end-sessions", view: ofBusiness(t("Users")), does: t("end the sessions of a user") },
  { command: "user erase", view: ofBusiness(t("Users")), does: t("erase a user") },
  { command: "user reset-link", view: ofBusiness(t("Users")), does: t("make a link for a new password") },
  { command: "generation list", view: ofBusiness(t("Generations")), does: t("find generations") },
  {
    command: "generation show",
    view: ofBusiness(t("Generations")),
    does: t("show a generation with its events"),
  },
  { command: "generation cancel", view: ofBusiness(t("Generations")), does: t("cancel a generation") },
  { command: "generation retry", view: ofBusiness(t("Generations")), does: t("retry a generation") },
  { command: "jobs counts", view: t("Queues"), does: t("count the jobs") },
  { command: "jobs list", view: t("Queues"), does: t("find jobs") },
  { command: "jobs show", view: t("Queues"), does: t("show a job") },
  { command: "jobs retry", view: t("Queues"), does: t("retry a failed job") },
  { command: "jobs drop", view: t("Queues"), does: t("drop a failed job") },
  { command: "jobs retry-all", view: t("Queues"), does: t("retry all failed jobs") },
  { command: "migrate status", view: t("Databases › Migrations"), does: t("show the schemas") },
  { command: "migrate run", view: t("Databases › Migrations"), does: t("migrate all databases") },
  { command: "specs list", view: ofBusiness(t("Queries")), does: t("list the named queries") },
  { command: "specs show", view: ofBusiness(t("Queries")), does: t("show a query") },
  { command: "specs sql", view: ofBusiness(t("Queries")), does: t("show the SQL of a query") },
  { command: "specs check", does: t("check the specs of all queries") },
  { command: "specs new", does: t("write a new spec as a starting point") },
  { command: "specs draft", does: t("let a language model write drafts of specs") },
  { command: "specs score", does: t("score a language model that drafts specs") },
  { command: "specs types", does: t("write the generated files") },
  { command: "backup", does: t("write a backup; the view Databases shows its time") },
  { command: "restore", does: t("restore a backup") },
  { command: "erasures export", does: t("write the list of erasures") },
  { command: "erasures apply", does: t("erase again after a restore") },
  { command: "move objects", does: t("move the finished audio to another store") },
  { command: "move chunks", does: t("move the streams to another store") },
  { command: "move jobs", does: t("move the jobs to another queue") },
  { command: "move control", does: t("move the control database") },
  { command: "generator check", does: t("check a generator of your own") },
  { command: "doctor", does: t("examine the settings and stores") },
  { command: "start", does: t("run the API and the worker") },
];
