// Describes the account routes in the OpenAPI document.
import {
  deleteAccountBody,
  guestBody,
  signInBody,
  signInTokenBody,
  signInWithTokenBody,
  signUpBody,
  tokenBody,
} from "./accounts.ts";
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, object, sentAs, text } from "../../openapi/schema.ts";

const tag = "Accounts";
const session = {
  "Set-Cookie": about(text, "Sets the session's cookie (HttpOnly, SameSite=Lax), or deletes it."),
};

export const accountDocs: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/accounts/guest",
    tag,
    summary: "Creates a guest, who has a session and a token but no e-mail and no password.",
    description:
      "If the request has a session of this business, or a token from such a session, no guest is created. The answer then has the user of the session.",
    user: "anyone",
    body: { schema: sentAs(guestBody) },
    answers: {
      200: json("The user of the session, a guest or a member, with a new token.", ref("Entrance"), session),
      201: json("The guest.", ref("Entrance"), session),
    },
    errors: ["NOT_FOUND", "CONFLICT"],
  },
  {
    method: "post",
    path: "/v1/accounts/sign-up",
    tag,
    summary: "Signs up with an e-mail and a password. A guest keeps their music.",
    description:
      "With a guest's session or token, the guest becomes a member. Without one, a new member is created. All earlier sessions of the guest end, with the tokens issued from them.",
    user: "anyone",
    body: { schema: sentAs(signUpBody) },
    answers: { 201: json("The member.", ref("Entrance"), session) },
    errors: ["NOT_FOUND", "CONFLICT"],
  },
  {
    method: "post",
    path: "/v1/accounts/sign-in",
    tag,
    summary: "Signs in with an e-mail and a password. A guest's music moves to the account.",
    description:
      "An unknown e-mail and a wrong password get the same answer. With a guest's session or token, everything that the guest made moves to the account.",
    user: "anyone",
    body: { schema: sentAs(signInBody) },
    answers: { 200: json("The member.", ref("Entrance"), session) },
    errors: ["NOT_FOUND", "UNAUTHENTICATED", "ACCOUNT_DELETING", "GONE"],
  },
  {
    method: "post",
    path: "/v1/accounts/restore",
    tag,
    summary: "Undoes the deletion of an account, and signs in. A guest's music moves to the account.",
    description:
      "Sign-in is refused with ACCOUNT_DELETING while a deleted account can be restored. After the restoration, the music and the shared links can be used again; earlier sessions stay ended. If the account is not being deleted, this route only signs in. GONE means that the time for the restoration is over.",
    user: "anyone",
    body: { schema: sentAs(signInBody) },
    answers: { 200: json("The member.", ref("Entrance"), session) },
    errors: ["NOT_FOUND", "UNAUTHENTICATED", "GONE"],
  },
  {
    method: "post",
    path: "/v1/accounts/sign-in-with-token",
    tag,
    summary: "Signs in with a token from POST /v1/sign-in-tokens. A guest's music moves to the user.",
    user: "anyone",
    body: { schema: sentAs(signInWithTokenBody) },
    answers: { 200: json("The user.", ref("Entrance"), session) },
    errors: ["GONE"],
  },
  {
    method: "post",
    path: "/v1/accounts/sign-out",
    tag,
    summary: "Ends the session of the cookie, or the session that the token was issued from.",
    description:
      "The process that answers refuses the session and its tokens at once; every other process refuses them within five seconds.",
    user: "anyone",
    answers: { 204: { says: "The session has ended.", headers: session } },
  },
  {
    method: "get",
    path: "/v1/accounts/me",
    tag,
    summary: "Returns the account of the caller.",
    user: "user",
    answers: { 200: json("The account.", ref("Account")) },
    errors: ["NOT_FOUND"],
  },
  {
    method: "delete",
    path: "/v1/accounts/me",
    tag,
    summary: "Deletes the account with its music, its e-mail and all of its credentials.",
    description:
      "A guest sends no body, and is erased at once. A member has to send the password. A member's account is closed at once: all sessions, tokens, signed links and shares end, the generations are stopped, and nobody can find the content any more. The account is erased after deleteAfter (RONDO_ACCOUNT_GRACE_DAYS). Until then, POST /v1/accounts/restore undoes the deletion. A mail tells the member how. When an account is erased, jobs remove its content from the stores. A call that fails can be repeated. Users whom the business itself signs in can't be deleted here.",
    user: "user",
    body: { schema: sentAs(deleteAccountBody), isOptional: true },
    answers: {
      202: json(
        "The time of the erasure, or what was removed.",
        { anyOf: [ref("ClosedAccount"), ref("DeletedAccount")] },
        session,
      ),
    },
    errors: ["NOT_FOUND"],
  },
  {
    method: "get",
    path: "/v1/accounts/session",
    tag,
    summary: "Returns the account of the session, or null if the request has no session.",
    description:
      "A page sends this request when it starts, because the account that the page has stored may be missing or outdated.",
    user: "anyone",
    answers: {
      200: json("The account, or null.", object({ account: { anyOf: [ref("Account"), { type: "null" }] } })),
    },
  },
  {
    method: "post",
    path: "/v1/tokens",
    tag,
    summary:
      "Issues a token for a user whom the business itself signs in. If the user does not exist yet, it is created.",
    description:
      "The token ends at its expiry, when the key that issued it is revoked, when the user is deleted, or when a guest becomes a member.",
    user: "business",
    body: { schema: sentAs(tokenBody) },
    answers: { 200: json("The token.", ref("Token")) },
  },
  {
    method: "post",
    path: "/v1/sign-in-tokens",
    tag,
    summary:
      "Issues a token with which the page signs in a user whom the business itself signs in. If the user does not exist yet, it is created.",
    description:
      "The token works once, within two minutes, and only in POST /v1/accounts/sign-in-with-token. The session that it opens stays valid when the key that issued the token is revoked.",
    user: "business",
    body: { schema: sentAs(signInTokenBody) },
    answers: { 201: json("The token.", ref("Token")) },
    errors: ["CONFLICT"],
  },
];
