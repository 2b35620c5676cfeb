// Describes, for the OpenAPI document, the routes with which a business manages its users.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, listOf, object, oneOf, orNull, text, whole } from "../../openapi/schema.ts";

const business = about(text, "The slug of the business. Only the operator sends it.");
const manage = { tag: "Managing a business", user: "manager", inQuery: { business } } as const;
const oneUser = { ...manage, path: "/v1/manage/users/{userId}" } as const;

export const managedUserDocs: readonly DocumentedRoute[] = [
  {
    ...manage,
    method: "get",
    path: "/v1/manage/users",
    summary: "Finds users of the business, newest first.",
    inQuery: {
      business,
      kind: oneOf("guest", "member", "external"),
      text: about(text, "The start of an id or of an e-mail address."),
      after: about(text, "The value of next in the previous page."),
      limit: { type: "integer", minimum: 1, maximum: 200, default: 50 },
    },
    answers: {
      200: json("The users.", object({ items: listOf(ref("ManagedUser")), next: orNull(text) })),
    },
  },
  {
    ...oneUser,
    method: "get",
    summary: "Returns one user.",
    answers: { 200: json("The user.", ref("ManagedUser")) },
  },
  {
    ...oneUser,
    method: "get",
    path: "/v1/manage/users/{userId}/export",
    summary: "Exports the data that is stored about a user, as JSON.",
    description:
      "The field `tables` has the user's rows of each table, including the business's own tables. Three things are left out: the sound, secrets such as the hash of the password, and records that only Rondo itself needs (the answers to repeated writes, the hashed addresses of guests, the calls to generators, and the events for webhooks).",
    answers: {
      200: json("The user's data.", ref("UserExport")),
    },
  },
  {
    ...oneUser,
    method: "delete",
    path: "/v1/manage/users/{userId}/sessions",
    summary: "Ends all sessions of a user: in this process at once, in others within five seconds.",
    answers: { 200: json("The number of sessions that ended.", object({ ended: whole })) },
  },
  {
    ...oneUser,
    method: "delete",
    summary: "Erases a user with all content for good, and returns what is removed.",
    description:
      "Jobs remove the content from the stores soon afterwards. Restoring an archive does not bring the user back.",
    answers: { 202: json("The erasure.", ref("DeletedAccount")) },
  },
];
