/** Plain data with the keys of every map in order, so that what is made of it does not hang on how somebody wrote it down. */
export function ordered<T>(data: T): T {
  if (Array.isArray(data)) return data.map((entry: unknown) => ordered(entry)) as T;
  if (data === null || typeof data !== 'object' || Object.getPrototypeOf(data) !== Object.prototype) return data;
  const entries = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, ordered(value as unknown)])) as T;
}
