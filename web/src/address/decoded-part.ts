// Decodes a part of the page's address.

/** If the part can't be decoded, returns the part unchanged, because a person can type anything into the address. */
export function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
