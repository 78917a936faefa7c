/** A page's query, as Next.js hands it over. */
export type Query = Record<string, string | string[] | undefined>;

/** The first value of a parameter. */
export function oneOf(query: Query, name: string): string | undefined {
  return allOf(query, name)[0];
}

/** Every value of a parameter. */
export function allOf(query: Query, name: string): readonly string[] {
  const value = query[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
