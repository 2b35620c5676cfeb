// Finds the refrain of a piece. A section belongs to the refrain if several sections have its name.
import type { Section } from "../making/making.ts";

export function hasReturned(sections: readonly Section[], name: string): boolean {
  return sections.filter((section) => section.name === name).length > 1;
}
