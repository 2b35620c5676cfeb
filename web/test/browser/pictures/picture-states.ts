// Lists the states in which `pictures.ts` takes screenshots of the page and of the console. Each key is a part of the
// names of the pictures that show this state.
import { businessStates, operatorStates } from "../states/console-states.ts";
import { memberStates, type StateSetting, visitorStates } from "../states/states.ts";

type States = Readonly<Record<string, (setting: StateSetting) => Promise<void>>>;

/** `pictures.ts` takes two pictures of each of these states: on a desktop and on a phone. */
export const pagePictures = {
  account: stateOf(memberStates, "the account"),
  "more-wishes": stateOf(memberStates, "more wishes"),
  menu: stateOf(memberStates, "the menu of a row"),
  selection: stateOf(memberStates, "selected rows"),
  share: stateOf(memberStates, "the dialog to share a piece"),
  missing: stateOf(memberStates, "an address without a page"),
  "sign-in": stateOf(visitorStates, "the dialog to sign in"),
  "new-password": stateOf(visitorStates, "a new password"),
} as const;

export const embedded = stateOf(memberStates, "an embedded piece");

/** `pictures.ts` takes a picture of each of these states on a desktop, and of a few of these states on a phone, too. */
export const consolePictures = {
  today: stateOf(operatorStates, "the operator's view “today”"),
  businesses: stateOf(operatorStates, "the operator's view “businesses”"),
  queues: stateOf(operatorStates, "the operator's view “queues”"),
  databases: stateOf(operatorStates, "the operator's view “fleet”"),
  commands: stateOf(operatorStates, "the operator's view “commands”"),
  business: stateOf(operatorStates, "one business"),
  generations: stateOf(operatorStates, "“generations” of one business"),
  generation: stateOf(businessStates, "one generation"),
  users: stateOf(operatorStates, "“users” of one business"),
  usage: stateOf(operatorStates, "“usage” of one business"),
  keys: stateOf(operatorStates, "“keys” of one business"),
  limits: stateOf(operatorStates, "“limits” of one business"),
  generators: stateOf(operatorStates, "“generators” of one business"),
  query: stateOf(operatorStates, "a named query"),
  app: stateOf(operatorStates, "“app” of one business"),
  promotion: stateOf(operatorStates, "“database” of one business"),
  webhooks: stateOf(operatorStates, "“webhooks” of one business"),
  erasure: stateOf(businessStates, "the erasure of a user"),
} as const;

function stateOf(states: States, name: string): States[string] {
  const open = states[name];
  if (!open) throw new Error(`There is no state “${name}”.`);
  return open;
}
