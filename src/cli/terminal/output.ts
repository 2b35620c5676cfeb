// Prints the results of a command: as JSON with the option --json, otherwise as lines for people.

export interface OutputOptions {
  readonly json?: boolean;
}

export const asJson = ["--json", "print the result as JSON"] as const;

/** Prints one object as JSON or as a line. */
export function printOne<Item>(item: Item, { json }: OutputOptions, lineOf: (item: Item) => string): void {
  console.log(json ? JSON.stringify(item, null, 2) : lineOf(item));
}

/** Prints a list as one JSON array, or as one line per item (an empty list: no line). */
export function printAll<Item>(
  items: readonly Item[],
  { json }: OutputOptions,
  lineOf: (item: Item) => string,
): void {
  if (json) console.log(JSON.stringify(items, null, 2));
  else for (const item of items) console.log(lineOf(item));
}
