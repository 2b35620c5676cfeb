// The accounts' routes, as the document tells them.
import { guestBody, tokenBody } from "../routes/accounts.ts";
import { ref } from "./components.ts";
import { type DocumentedRoute, json } from "./operation.ts";
import { about, sentAs, text } from "./schema.ts";

const tag = "Accounts";
const session = { "Set-Cookie": about(text, "The session: HttpOnly, SameSite=Lax.") };

export const accountRoutes: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/accounts/guest",
    tag,
    summary: "Begin as a guest: a user, a session and a token, without a form.",
    user: "anyone",
    body: { schema: sentAs(guestBody) },
    answers: { 201: json("The guest.", ref("Token"), session) },
    errors: ["NOT_FOUND"],
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
    method: "post",
    path: "/v1/tokens",
    tag,
    summary: "Mint a token for one of the business's own users; the user is made if new.",
    user: "business",
    body: { schema: sentAs(tokenBody) },
    answers: { 200: json("The token.", ref("Token")) },
  },
];
