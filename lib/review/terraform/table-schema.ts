import { isRecord, Value } from './value';

type Column = { readonly [name: string]: unknown };

const SAME: { readonly [type: string]: string } = { INT64: 'INTEGER', FLOAT64: 'FLOAT', BOOL: 'BOOLEAN', STRUCT: 'RECORD' };

/** Whether BigQuery, asked by the provider, gives a table another schema without making it anew. */
export function changesInPlace(before: Value | undefined, after: Value | undefined, external: boolean): boolean {
  const [was, is] = [columnsOf(before), columnsOf(after)];
  return was !== undefined && is !== undefined && inPlace(was, is, true, external);
}

/** The columns that a schema declares, by name; undefined if it is not understood. */
export function columnsOf(text: unknown): ReadonlyMap<string, Column> | undefined {
  try {
    return byName(JSON.parse(typeof text === 'string' ? text : '[]'));
  } catch {
    return undefined;
  }
}

/** The type of a column, by one of its names. */
export function typeOf(column: Column): string {
  const type = String(column.type ?? '').toUpperCase();
  return SAME[type] ?? type;
}

/** NULLABLE, REQUIRED or REPEATED. */
export function modeOf(column: Column): string {
  return String(column.mode ?? 'NULLABLE').toUpperCase();
}

function byName(columns: unknown): ReadonlyMap<string, Column> | undefined {
  if (!Array.isArray(columns) || !columns.every((c) => isRecord(c) && typeof c.name === 'string')) return undefined;
  return new Map((columns as Column[]).map((c) => [String(c.name), c]));
}

function inPlace(was: ReadonlyMap<string, Column>, is: ReadonlyMap<string, Column>, top: boolean, external: boolean): boolean {
  const come = [...is.keys()].filter((name) => !was.has(name));
  const gone = [...was.keys()].filter((name) => !is.has(name));
  if (come.some((name) => modeOf(is.get(name)!) === 'REQUIRED')) return false;
  // Columns that go while others come might be renamed ones.
  if (gone.length && (!top || external || come.length)) return false;
  return [...was].every(([name, old]) => !is.has(name) || columnInPlace(old, is.get(name)!));
}

function columnInPlace(was: Column, is: Column): boolean {
  if (typeOf(was) !== typeOf(is)) return false;
  if (modeOf(was) !== modeOf(is) && !(modeOf(was) === 'REQUIRED' && modeOf(is) === 'NULLABLE')) return false;
  if (was.fields === undefined && is.fields === undefined) return true;
  const [before, after] = [byName(was.fields), byName(is.fields)];
  return before !== undefined && after !== undefined && inPlace(before, after, false, false);
}
