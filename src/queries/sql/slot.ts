// Defines a slot, which is a position in compiled SQL at which a value is bound. A slot names the source of the value,
// and takes the place of the value in Kysely's tree of the statement.
import type { TypeOfValue } from "../plan.ts";

export type Slot =
  /** A parameter of the call. If `folded` is true, `foldText` folds the value before the value is bound. */
  | (TypeOfValue & { readonly slot: "parameter"; readonly name: string; readonly folded: boolean })
  /** An entire list as one JSON string, so that the SQL doesn't depend on the length of the list. */
  | { readonly slot: "list"; readonly name: string }
  /**
   * The items to insert, as one JSON string. `ids` is how many new ids each item needs. The new ids are in the fields
   * "~0", "~1"… of the item.
   */
  | { readonly slot: "items"; readonly name: string; readonly ids: number }
  /** The words of a search, in the syntax of the engine. If `owned` is true, only rows of the caller are found. */
  | {
      readonly slot: "search";
      readonly form: "fts5" | "tsquery" | "words" | "patterns";
      readonly owned: boolean;
      readonly text: { readonly parameter: string } | { readonly value: string };
    }
  | { readonly slot: "caller" }
  /** The time of the call. It is the same for the entire request. */
  | { readonly slot: "now" }
  | { readonly slot: "newId" }
  /** A column of the first row that an earlier step has returned. */
  | (TypeOfValue & { readonly slot: "step"; readonly step: string; readonly column: string })
  /** The number of rows that an earlier step has read or changed. */
  | { readonly slot: "stepChanges"; readonly step: string }
  /** The number of rows of the page plus one. The additional row shows whether there is a next page. */
  | { readonly slot: "pageLimit" }
  /** An order key of the row to which the cursor of the call points. */
  | (TypeOfValue & { readonly slot: "cursor"; readonly index: number })
  /**
   * A search without the search index reads rows in the order of the page, up to a limit (`OrderedSearch` in
   * select-sql.ts). The first row after this limit is the edge. This slot is one order key of the edge.
   */
  | (TypeOfValue & { readonly slot: "edge"; readonly index: number });
