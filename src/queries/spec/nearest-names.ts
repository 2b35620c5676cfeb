// Finds the known names that are most similar to a mistyped name.

/**
 * Returns at most `count` known names that are similar to `wrong`, the most similar name first. A name is similar in
 * two cases:
 * - `wrong` has at least three letters, and the name contains `wrong`.
 * - The name differs from `wrong` in at most two letters, or in at most a third of the letters if `wrong` is long.
 */
export function nearestNames(wrong: string, known: Iterable<string>, count = 3): readonly string[] {
  const short = wrong.slice(0, 100);
  const allowed = Math.max(2, Math.floor(short.length / 3));
  return [...known]
    .map((name) => ({
      name,
      distance: name.includes(short) && short.length > 2 ? 1 : editDistance(short, name),
    }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/** Returns the Levenshtein distance: the number of insertions, removals and replacements, ignoring letter case. */
function editDistance(one: string, other: string): number {
  const a = one.toLowerCase();
  const b = other.toLowerCase();
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      line.push(Math.min(replaced, above[column]! + 1, line[column - 1]! + 1));
    }
    above = line;
  }
  return above[b.length]!;
}
