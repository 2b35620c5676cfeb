// Builds the JSON Schema of a table file for editors. `rondo business app schema` prints this schema.
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { columnTypeNames } from "./column-defaults.ts";

const name = { type: "string", pattern: "^[a-z][A-Za-z0-9]{0,39}$" };
const sentence = {
  type: "string",
  description: "A sentence that describes the table or the column for readers.",
};
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
      description: "The number of digits after the decimal point; 2 by default.",
    },
    nullable: { type: "boolean", description: "true: the column can be null." },
    default: {
      description:
        "The value of this column in a row that is stored without a value for it. A decimal is written as text.",
    },
    references: {
      type: "string",
      description: "The table that the column refers to. The column contains the id of a row of that table.",
    },
    onDelete: {
      enum: ["cascade", "setNull"],
      description:
        "What happens when the row that the column refers to is deleted. cascade: the row that contains this column is deleted, too. setNull: the column becomes null.",
    },
    renamedFrom: {
      type: "string",
      description: "The former name of the column. The renamed column keeps its values.",
    },
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
    name: {
      type: "string",
      pattern: "^[a-z][A-Za-z0-9]{0,29}$",
      description: "The name of the table. The file has the same name.",
    },
    summary: sentence,
    owner: {
      ...name,
      description:
        "The name of the column with the id of the user to whom a row belongs. The column needs no entry in columns.",
    },
    columns: { type: "object", maxProperties: 100, propertyNames: name, additionalProperties: column },
    unique: lists("Lists of columns. No two rows can have the same values in all columns of a list."),
    indexes: lists(
      "Lists of columns. Each list gets an index, which finds rows by their values in these columns.",
    ),
    search: {
      type: "array",
      description: "Columns of text in which a query searches for words.",
      items: name,
      minItems: 1,
    },
    renamedFrom: {
      type: "string",
      description: "The former name of the table. The renamed table keeps its rows.",
    },
  },
};
