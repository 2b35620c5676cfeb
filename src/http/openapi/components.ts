// Lists the named schemas of the responses.
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { statusOf } from "../answers/problem.ts";
import { accounts } from "./components/accounts.ts";
import { generations } from "./components/generations.ts";
import { library } from "./components/library.ts";
import { usage } from "./components/usage.ts";
import { webhooks } from "./components/webhooks.ts";
import { operator } from "./components/operator.ts";
import { about, listOf, object, oneOf, text, whole } from "./schema.ts";

export const components = {
  Problem: about(
    object(
      {
        type: about(text, "The URL of the page that explains the code."),
        title: text,
        status: whole,
        detail: about(text, "What is wrong, for a person."),
        code: about(oneOf(...Object.keys(statusOf)), "What is wrong, for a program."),
        hint: about(text, "What to do about it."),
        faults: about(
          listOf(
            object({ at: about(text, "A JSON pointer or a parameter's name."), message: text, hint: text }, [
              "hint",
            ]),
          ),
          "One entry for each invalid parameter.",
        ),
        details: { type: "object" },
        requestId: text,
      },
      ["hint", "faults", "details"],
    ),
    "An error in the format of RFC 9457, with a stable code.",
  ),
  ...accounts,
  ...generations,
  ...library,
  ...usage,
  ...webhooks,
  ...operator,
} as const satisfies Readonly<Record<string, JsonObject>>;

export const ref = (name: keyof typeof components): JsonObject => ({ $ref: `#/components/schemas/${name}` });
