// Defines the commands rondo webhook create|list|events|pause|resume|rotate|test|delete|deliveries|replay.
import { Command, Option } from "commander";
import type { Business } from "../businesses/business.ts";
import { counted } from "../counted.ts";
import type { SharedDeps } from "../deps/shared-deps.ts";
import { type DeliveryView, listDeliveries, replayDelivery, replayEndpoint } from "../webhooks/deliveries.ts";
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  type EndpointChanges,
  type EndpointView,
  listEndpoints,
  rotateSecret,
  testEndpoint,
} from "../webhooks/endpoints.ts";
import { eventTypes } from "../webhooks/event-types.ts";
import { secondsArgument } from "./terminal/seconds-argument.ts";
import { asJson, type OutputOptions, printAll, printOne } from "./terminal/output.ts";
import { findBusiness, withStores } from "./with-stores.ts";

const theBusiness = ["<business>", "the business's slug"] as const;
const theEndpoint = ["<endpointId>", "the id that `webhook list` shows"] as const;

export function webhookCommand(): Command {
  const webhook = new Command("webhook").description("manage the endpoints that get a business's events");
  webhook
    .command("create")
    .description("create an endpoint; its secret is shown only once")
    .argument(...theBusiness)
    .argument("<url>", "the public address of the business's server")
    .addOption(
      new Option("--events <events...>", "send only events of these types; by default all").choices(
        eventTypes,
      ),
    )
    .option(...asJson)
    .action((slug: string, url: string, { events, ...options }: OutputOptions & EndpointChanges) =>
      withBusiness(slug, async (deps, business) =>
        printOne(await createEndpoint(deps, business, { url, events }), options, withSecret),
      ),
    );
  webhook
    .command("list")
    .description("list the endpoints, oldest first")
    .argument(...theBusiness)
    .option(...asJson)
    .action((slug: string, options: OutputOptions) =>
      withBusiness(slug, async (deps, { id }) => printAll(await listEndpoints(deps, id), options, lineOf)),
    );
  webhook
    .command("events")
    .description("set the events that an endpoint gets")
    .argument(...theBusiness)
    .argument(...theEndpoint)
    .addArgument(
      webhook.createArgument("<events...>", "the types of events that the endpoint gets").choices(eventTypes),
    )
    .action((slug: string, endpointId: string, events: readonly string[]) =>
      withBusiness(slug, (deps, business) => changeEndpoint(deps, business, endpointId, { events })),
    );
  for (const [name, state, description] of [
    ["pause", "paused", "send an endpoint no events until it is resumed"],
    ["resume", "active", "make an endpoint active again after it was paused or answered 410"],
  ] as const)
    webhook
      .command(name)
      .description(description)
      .argument(...theBusiness)
      .argument(...theEndpoint)
      .action((slug: string, endpointId: string) =>
        withBusiness(slug, (deps, business) => changeEndpoint(deps, business, endpointId, { state })),
      );
  webhook
    .command("rotate")
    .description(
      "replace the secret; during the overlap, messages are signed with the former and the new secret",
    )
    .argument(...theBusiness)
    .argument(...theEndpoint)
    .option(
      "--overlap <duration>",
      "how long messages are also signed with the former secret, such as 1d",
      secondsArgument,
      86_400,
    )
    .option(...asJson)
    .action((slug: string, endpointId: string, { overlap, ...options }: OutputOptions & Overlap) =>
      withBusiness(slug, async (deps, business) =>
        printOne(await rotateSecret(deps, business, endpointId, overlap), options, withSecret),
      ),
    );
  webhook
    .command("test")
    .description("send a ping")
    .argument(...theBusiness)
    .argument(...theEndpoint)
    .action((slug: string, endpointId: string) =>
      withBusiness(slug, async (deps, { id }) => console.log(await testEndpoint(deps, id, endpointId))),
    );
  webhook
    .command("delete")
    .description("delete an endpoint with its deliveries")
    .argument(...theBusiness)
    .argument(...theEndpoint)
    .action((slug: string, endpointId: string) =>
      withBusiness(slug, (deps, { id }) => deleteEndpoint(deps, id, endpointId)),
    );
  addDeliveries(webhook);
  return webhook;
}

interface Overlap {
  readonly overlap: number;
}

interface Search extends OutputOptions {
  readonly endpoint?: string;
  readonly state?: DeliveryView["state"];
}

function addDeliveries(webhook: Command): void {
  webhook
    .command("deliveries")
    .description("list the latest 200 deliveries with their attempts, newest first")
    .argument(...theBusiness)
    .option("--endpoint <endpointId>", "only those of this endpoint")
    .addOption(
      new Option("--state <state>", "only deliveries in this state").choices([
        "pending",
        "delivered",
        "dead",
      ]),
    )
    .option(...asJson)
    .action((slug: string, { endpoint: endpointId, state, ...options }: Search) =>
      withBusiness(slug, async (deps, { id }) =>
        printAll(await listDeliveries(deps, id, { endpointId, state, limit: 200 }), options, deliveryLineOf),
      ),
    );
  webhook
    .command("replay")
    .description("send dead deliveries again; each gets as many attempts as a new delivery")
    .argument(...theBusiness)
    .argument("[deliveryId]", "the id that `webhook deliveries` shows")
    .option("--endpoint <endpointId>", "send every dead delivery of this endpoint")
    .action((slug: string, deliveryId: string | undefined, { endpoint }: Search, command: Command) => {
      if ((deliveryId === undefined) === (endpoint === undefined))
        command.error("error: give either a delivery or --endpoint.");
      return withBusiness(slug, async (deps, { id }) => {
        if (deliveryId !== undefined) await replayDelivery(deps, id, deliveryId);
        const replayed = endpoint === undefined ? 1 : await replayEndpoint(deps, id, endpoint);
        console.log(`${counted(replayed, "delivery", "deliveries")} will be sent again.`);
      });
    });
}

const withBusiness = (
  slug: string,
  work: (deps: SharedDeps, business: Business) => Promise<unknown>,
): Promise<void> =>
  withStores(async (deps) => {
    await work(deps, await findBusiness(deps, slug));
  });

const lineOf = ({ id, state, url, events, failures }: EndpointView): string =>
  [id, state, url, events.join(","), failures === 0 ? "" : `failed ${counted(failures, "time")}`].join("\t");

const withSecret = ({ id, secret }: EndpointView & { readonly secret: string }): string => `${id}\t${secret}`;

const deliveryLineOf = ({ id, endpointId, type, state, tries, createdAt }: DeliveryView): string =>
  [id, endpointId, type, state, counted(tries.length, "attempt"), createdAt, tries.at(-1)?.reason ?? ""].join(
    "\t",
  );
