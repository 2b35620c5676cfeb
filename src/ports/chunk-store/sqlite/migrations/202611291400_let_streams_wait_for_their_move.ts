// Adds the time until which a stream refuses appends, because it is being moved to another store.
export const statements: readonly string[] = ["alter table streams add column heldUntilMs integer"];
