// Describes the account routes in the OpenAPI document.
import { deleteAccountBody, guestBody, signInBody, signUpBody, tokenBody } from "./accounts.ts";
import { ref } from "../openapi/components.ts";
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { about, object, sentAs, text } from "../openapi/schema.ts";

const tag = "Accounts";
const session = { "Set-Cookie": about(text, "The session, HttpOnly and SameSite=Lax; or that it is over.") };

export const accountDocs: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/accounts/guest",
    tag,
    summary: "Begin as a guest: a user, a session and a token, without a form.",
    description:
      "With a session of this business, or a token issued from one, it answers that session's user instead and makes nobody new.",
    user: "anyone",
    body: { schema: sentAs(guestBody) },
    answers: {
      200: json(
        "The user of the session, a guest or a member, with another token.",
        ref("Entrance"),
        session,
      ),
      201: json("The guest.", ref("Entrance"), session),
    },
    errors: ["NOT_FOUND", "CONFLICT"],
  },
  {
    method: "post",
    path: "/v1/accounts/sign-up",
    tag,
    summary: "Sign up with e-mail and password. A guest keeps what they made.",
    description:
      "With a guest's session or token, the guest becomes a member; with none, a new user does. Every earlier session of theirs ends, with the tokens issued from it.",
    user: "anyone",
    body: { schema: sentAs(signUpBody) },
    answers: { 201: json("The member.", ref("Entrance"), session) },
    errors: ["NOT_FOUND", "CONFLICT"],
  },
  {
    method: "post",
    path: "/v1/accounts/sign-in",
    tag,
    summary: "Sign in with e-mail and password. What a guest made comes along.",
    description:
      "An e-mail that nobody has and a password that is wrong get the same answer. With a guest's session or token, everything the guest made becomes the account's.",
    user: "anyone",
    body: { schema: sentAs(signInBody) },
    answers: { 200: json("The member.", ref("Entrance"), session) },
    errors: ["NOT_FOUND", "UNAUTHENTICATED"],
  },
  {
    method: "post",
    path: "/v1/accounts/sign-out",
    tag,
    summary: "End the session of the cookie, or of the token that was issued from one.",
    description:
      "The session and its tokens are refused at once by the process that answers, by every other within five seconds.",
    user: "anyone",
    answers: { 204: { says: "There is no session any more.", headers: session } },
  },
  {
    method: "get",
    path: "/v1/accounts/me",
    tag,
    summary: "Who is signed in.",
    user: "user",
    answers: { 200: json("The account.", ref("Account")) },
    errors: ["NOT_FOUND"],
  },
  {
    method: "delete",
    path: "/v1/accounts/me",
    tag,
    summary: "Delete the account: its music, its e-mail and every credential of it, for good.",
    description:
      "A member sends the password, a guest nothing. Everything goes at once for everyone; the stores are emptied by and by. A call that fails half-way can be made again. Users of the business's own are the business's to delete.",
    user: "user",
    body: { schema: sentAs(deleteAccountBody), isOptional: true },
    answers: { 202: json("What was removed.", ref("DeletedAccount"), session) },
    errors: ["NOT_FOUND"],
  },
  {
    method: "get",
    path: "/v1/accounts/session",
    tag,
    summary: "Whose session it is; null where there is none.",
    description:
      "For a page that begins: what it remembers of a session may be lost, or be older than the session.",
    user: "anyone",
    answers: {
      200: json("The account, or null.", object({ account: { anyOf: [ref("Account"), { type: "null" }] } })),
    },
  },
  {
    method: "post",
    path: "/v1/tokens",
    tag,
    summary: "Mint a token for one of the business's own users; the user is made if new.",
    description:
      "It ends with its time, with the key that minted it, with the user, and where a guest has become a member.",
    user: "business",
    body: { schema: sentAs(tokenBody) },
    answers: { 200: json("The token.", ref("Token")) },
  },
];
