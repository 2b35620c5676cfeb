// Lists the header names of the Durable Streams protocol.

export const nextOffset = "stream-next-offset";
export const streamClosed = "stream-closed";
export const upToDate = "stream-up-to-date";
export const cursorHeader = "stream-cursor";
