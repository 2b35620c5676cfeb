// Adds the time until which a stream refuses appends. A stream refuses appends while it is moved to another store.
export const statements: readonly string[] = ["alter table streams add column heldUntilMs integer"];
