// Defines a slot: a place in compiled SQL where a value is bound. A slot names the source of the value. In
// Kysely's tree it takes the place of the value.
import type { TypeOfValue } from "../plan.ts";

export type Slot =
  | (TypeOfValue & { readonly slot: "parameter"; readonly name: string; readonly folded: boolean })
  /** A whole list as one JSON text, so that its length changes no SQL. */
  | { readonly slot: "list"; readonly name: string }
  /** The items to insert as one JSON text; each gets `ids` fresh ids, as "~0", "~1"… */
  | { readonly slot: "items"; readonly name: string; readonly ids: number }
  /** The words of a search, in the form of the engine. With `owned`, only rows of the caller are found. */
  | {
      readonly slot: "search";
      readonly form: "fts5" | "tsquery" | "words" | "patterns";
      readonly owned: boolean;
      readonly text: { readonly parameter: string } | { readonly value: string };
    }
  | { readonly slot: "caller" }
  /** The same instant throughout a request. */
  | { readonly slot: "now" }
  | { readonly slot: "newId" }
  | (TypeOfValue & { readonly slot: "step"; readonly step: string; readonly column: string })
  | { readonly slot: "stepChanges"; readonly step: string }
  /** One row more than the page, to know whether there is a next page. */
  | { readonly slot: "pageLimit" }
  | (TypeOfValue & { readonly slot: "cursor"; readonly index: number })
  /** A value of the row at which a search in the order of the page ends. */
  | (TypeOfValue & { readonly slot: "edge"; readonly index: number });
