const UNITS: { readonly [unit: string]: number } = {
  '': 1,
  m: 0.001,
  s: 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A number, whether it was written as 2, `2`, `2000m`, `2Gi` or `86400s`; undefined if it is none. */
export function quantityOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const match = typeof value === 'string' ? /^(-?\d+(?:\.\d+)?)(m|s|k|[KMGT]i|[MGT])?$/.exec(value) : null;
  return match ? Number(match[1]) * UNITS[match[2] ?? ''] : undefined;
}

/** A time in words. */
export function timeText(value: number, unit: 'days' | 'seconds'): string {
  if (value === 0) return 'no time at all';
  if (value === Infinity) return 'for good';
  if (unit === 'days') return plural(value, 'day');
  const [size, word] = (
    [
      [86400, 'day'],
      [3600, 'hour'],
      [60, 'minute'],
    ] as const
  ).find(([s]) => value % s === 0) ?? [1, 'second'];
  return plural(value / size, word);
}

export function plural(count: number, word: string, more = `${word}s`): string {
  return `${count} ${count === 1 ? word : more}`;
}
