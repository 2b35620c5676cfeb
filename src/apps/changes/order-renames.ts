// Orders the renames of tables or columns so that no rename gives a name that is still in use.

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/**
 * Returns the renames in an order in which they can be done. If renames form a cycle, for example
 * when two columns swap their names, one column first gets a temporary name in an additional
 * rename. The new names must differ from each other. If a new name is in use now, the renames must
 * include a rename of the thing that has this name.
 */
export function orderRenames(renames: readonly Rename[]): readonly Rename[] {
  const ordered: Rename[] = [];
  let rest = [...renames];
  while (rest.length > 0) {
    const free = rest.filter(({ to }) => !rest.some(({ from }) => from === to));
    if (free.length > 0) {
      ordered.push(...free);
      rest = rest.filter((one) => !free.includes(one));
    } else {
      const [first, ...others] = rest as [Rename, ...Rename[]];
      const between = `rondo_between_${ordered.length}`;
      ordered.push({ from: first.from, to: between });
      rest = [...others, { from: between, to: first.to }];
    }
  }
  return ordered;
}
