// Replaces the unchanged parts of a new value by the equal parts of the previous value, so that the
// unchanged parts stay the same objects.

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Returns JSON that equals `after`. An object or a list that equals its match in `before` is the
 * same object as in `before`. Fields are matched by name. An item of a list is matched by its id
 * or, if the item has no id, by its index.
 */
export function withSameParts<Value>(before: unknown, after: Value): Value {
  const merged = Array.isArray(after)
    ? itemsOf(Array.isArray(before) ? before : [], after)
    : isFields(after)
      ? fieldsOf(isFields(before) ? before : {}, after)
      : after;
  return (isSame(before, merged) ? before : merged) as Value;
}

function itemsOf(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const byId = new Map(before.filter(isFields).map((one) => [one.id, one]));
  return after.map((one, index) =>
    withSameParts(isFields(one) && "id" in one ? byId.get(one.id) : before[index], one),
  );
}

const fieldsOf = (before: Fields, after: Fields): Fields =>
  Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, withSameParts(before[name], value)]),
  );

/**
 * Whether two values have the same members. Comparing the members with `===` is enough: `other` is a merged value, in
 * which equal members are already the same objects as in `one`.
 */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) !== Array.isArray(other) || !isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
