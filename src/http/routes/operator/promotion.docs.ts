// Describes, for the OpenAPI document, the routes that move a business to another engine.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { sentAs } from "../../openapi/schema.ts";
import { promotionBody } from "./promotion.ts";

const promotion = { tag: "Businesses", user: "operator", path: "/v1/businesses/{slug}/promotion" } as const;

export const promotionDocs: readonly DocumentedRoute[] = [
  {
    ...promotion,
    method: "get",
    summary: "Returns whether a business is moving to another engine, and how far.",
    description:
      "progress is that of the process that answers. record is in the control database, so every process and the command line have the same one.",
    answers: { 200: json("The state.", ref("MoveState")) },
  },
  {
    ...promotion,
    method: "post",
    summary:
      "Begins to move the database of a business to another engine, or returns, finishes or cancels a move.",
    description:
      "The answer comes at once; the move goes on in the process that answered. A process that ends meanwhile leaves the business on its former database, and the same request continues. " +
      "to is postgres://admin@host/database, neon:<project-id> or sqlite:. dryRun examines every table and value and changes nothing.",
    body: { schema: sentAs(promotionBody) },
    answers: { 202: json("The state.", ref("MoveState")) },
    errors: ["CONFLICT"],
  },
];
