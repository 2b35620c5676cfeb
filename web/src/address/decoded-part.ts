// Decodes a part of the page's address.

/** Returns the part unchanged if it is not valid, because a person can type anything into the address. */
export function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
