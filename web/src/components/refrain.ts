// Which sections of a piece are its refrain: those whose name comes back.
import type { Section } from "../making/making.ts";

export function hasReturned(sections: readonly Section[], name: string): boolean {
  return sections.filter((section) => section.name === name).length > 1;
}
