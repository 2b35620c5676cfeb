// Lists the technologies for the mailer. To add a technology, create its folder beside this file and add the technology
// to this list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import type { Mailer } from "./mailer.ts";
import { smtp } from "./smtp/index.ts";
import type { MailerTechnology, OpenMailerOptions } from "./technology.ts";

export const mailers: readonly MailerTechnology[] = [smtp];

export const openMailer = ({ scheme, location }: StoreUrl, options: OpenMailerOptions): Promise<Mailer> =>
  technologyOf(mailers, scheme).open(location, options);
