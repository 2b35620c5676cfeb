// Finds the refrain of a piece: the sections whose name is repeated.
import type { Section } from "../making/making.ts";

export function hasReturned(sections: readonly Section[], name: string): boolean {
  return sections.filter((section) => section.name === name).length > 1;
}
