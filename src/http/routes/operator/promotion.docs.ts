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
      "`progress` describes the latest action in the process that answers. `record` comes from the control database, so it is the same in every process and on the command line.",
    answers: { 200: json("The state.", ref("MoveState")) },
  },
  {
    ...promotion,
    method: "post",
    summary:
      "Begins to move the database of a business to another engine, moves it back, or finishes or cancels a move.",
    description:
      "The answer comes at once, and the process that answered continues the move. If this process ends before the move is done, the business stays on its former database; send the same request again to continue the move. " +
      "`to` is the address of the new database: postgres://admin@host/database, neon:<project-id> or sqlite:. The action `dryRun` examines every table and every value, and changes nothing.",
    body: { schema: sentAs(promotionBody) },
    answers: { 202: json("The state.", ref("MoveState")) },
    errors: ["CONFLICT"],
  },
];
