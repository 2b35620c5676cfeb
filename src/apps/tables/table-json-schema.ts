// Builds the JSON Schema of a table file for editors. `rondo business app schema` prints it.
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { columnTypeNames } from "./column-defaults.ts";

const name = { type: "string", pattern: "^[a-z][A-Za-z0-9]{0,39}$" };
const sentence = { type: "string", description: "A sentence for readers." };
const lists = (description: string): JsonObject => ({
  type: "array",
  description,
  items: { type: "array", minItems: 1, maxItems: 6, uniqueItems: true, items: name },
});

const column: JsonObject = {
  type: "object",
  required: ["type"],
  additionalProperties: false,
  properties: {
    type: { enum: columnTypeNames },
    summary: sentence,
    scale: {
      type: "integer",
      minimum: 0,
      maximum: 9,
      description: "The decimals of a decimal: 2 when absent.",
    },
    nullable: { type: "boolean", description: "true: a row may have no value." },
    default: {
      description:
        "The value of a row that is stored without a value for this column. A decimal is written as text.",
    },
    references: { type: "string", description: "The table whose id the column contains." },
    onDelete: {
      enum: ["cascade", "setNull"],
      description:
        "What happens when that row is deleted: this row is deleted, too, or the column is emptied.",
    },
    renamedFrom: { type: "string", description: "The former name of the column, which keeps its values." },
  },
};

export const tableJsonSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A table of a business's own",
  type: "object",
  required: ["name", "owner", "columns"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string" },
    name: { type: "string", pattern: "^[a-z][A-Za-z0-9]{0,29}$", description: "The file has the same name." },
    summary: sentence,
    owner: {
      ...name,
      description: "The column with the user that a row belongs to. It needs no entry in columns.",
    },
    columns: { type: "object", maxProperties: 100, propertyNames: name, additionalProperties: column },
    unique: lists("Lists of columns, whose values together occur once."),
    indexes: lists("Lists of columns to find rows by."),
    search: {
      type: "array",
      description: "Columns of text in which a query searches for words.",
      items: name,
      minItems: 1,
    },
    renamedFrom: { type: "string", description: "The former name of the table, which keeps its rows." },
  },
};
