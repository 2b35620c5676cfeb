// Describes, for the OpenAPI document, the route that lists the generators.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { listOf, object, text } from "../../openapi/schema.ts";

export const generatorDocs: readonly DocumentedRoute[] = [
  {
    method: "get",
    path: "/v1/generators",
    tag: "Making music",
    summary: "Returns the generators that a request may name, the default of the business first.",
    description: "If there is only one generator, it has no name, so the list is empty.",
    user: "member",
    answers: { 200: json("The generators.", object({ items: listOf(object({ name: text })) })) },
    errors: ["NOT_FOUND"],
  },
];
