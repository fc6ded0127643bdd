import { execFileSync } from 'child_process';
import { readFileSync } from 'fs';
import { join } from 'path';
import { fieldAt, JsonSchema, merged, schema, standIn } from '../../bin/cli/schema';
import { checkFields } from '../../bin/cli/fields';

const ROOT = join(__dirname, '..', '..');
/** In one process, because most of the time goes into the compiler. */
const RUN = `(async () => {
  const [{ generate }, { generateReview }, { generateCheck }] = await Promise.all(
    ['schema', 'review-schema', 'check-schema'].map((name) => import('./bin/dev/' + name + '.mjs')),
  );
  process.stdout.write(JSON.stringify({ 'ml-platform': generate(), review: generateReview(), check: generateCheck() }));
})()`;

/** Every field with the names that lead to it; `*` stands for the names of a map. */
function fields(type: JsonSchema, path: string[] = []): { path: string; field: JsonSchema; required: boolean }[] {
  const own = Object.entries(type.properties ?? {}).map(([name, field]) => ({ name, field, required: !!type.required?.includes(name) }));
  const entries = typeof type.additionalProperties === 'object' ? fields(merged(type.additionalProperties), [...path, '*']) : [];
  return [
    ...own.flatMap(({ name, field, required }) => [
      { path: [...path, name].join('.'), field: merged(field), required },
      ...fields(merged(field), [...path, name]),
    ]),
    ...entries,
  ];
}
const ALL = fields(schema());

describe('a committed schema is what the sources make of it', () => {
  const generated: { [name: string]: string } = JSON.parse(execFileSync(process.execPath, ['-e', RUN], { cwd: ROOT, encoding: 'utf8' }));
  test.each(['ml-platform', 'review', 'check'])('%s', (name) => {
    expect(readFileSync(join(ROOT, 'schema', `${name}.schema.json`), 'utf8')).toBe(generated[name]);
  });
});

test('every field says what it is', () => {
  expect(ALL.length).toBeGreaterThan(80);
  expect(ALL.filter(({ field }) => !/^[A-Z0-9].*\.$/s.test(field.description ?? '')).map(({ path }) => path)).toEqual([]);
});

test('every field has a default, or says why it has none', () => {
  const bare = ALL.filter(
    ({ field, required }) =>
      !(required ? /No default: /.test(field.description!) : 'default' in field || /Default: /.test(field.description!)),
  );
  expect(bare.map(({ path }) => path)).toEqual([]);
});

test('every default fits its own field', () => {
  for (const { path, field } of ALL.filter(({ field }) => field.default !== undefined)) {
    expect({ path, type: typeof field.default }).toEqual({ path, type: field.type === 'integer' ? 'number' : field.type });
    if (field.enum) expect(field.enum).toContain(field.default);
    if (field.pattern) expect(String(field.default)).toMatch(new RegExp(field.pattern, 'u'));
  }
});

test('every pattern has an example in the docstring that fits it, which error messages show', () => {
  for (const { path, field } of ALL.filter(({ field }) => field.pattern)) {
    const example = /such as `"?([^`"]+)"?`/.exec(field.description!)?.[1];
    expect({ path, fits: example !== undefined && new RegExp(field.pattern!, 'u').test(example) }).toEqual({ path, fits: true });
  }
});

test('no field goes unchecked: each map of fields knows all its fields', () => {
  for (const { path, field } of ALL.filter(({ field }) => field.type === 'object'))
    expect({ path, open: field.additionalProperties === true }).toEqual({ path, open: false });
});

test('whole numbers are whole', () => {
  expect(fieldAt(['inference', 'predict', 'port'])?.type).toBe('integer');
  expect(fieldAt(['inference', 'predict', 'cpu'])?.type).toBe('number');
});

test('what stands in for a missing field is valid itself', () => {
  const declaration = {
    name: 'x1',
    targets: {
      aws: standIn(fieldAt(['targets', 'aws'])!),
      azure: standIn(fieldAt(['targets', 'azure'])!),
      gcp: standIn(fieldAt(['targets', 'gcp'])!),
    },
    training: { a: standIn(fieldAt(['training', 'a'])!) },
    inference: { a: standIn(fieldAt(['inference', 'a'])!) },
    pipelines: { a: standIn(fieldAt(['pipelines', 'a'])!) },
    monitoring: {
      notify: standIn(fieldAt(['monitoring', 'notify'])!),
      slo: { latency: standIn(fieldAt(['monitoring', 'slo', 'latency'])!) },
    },
  };
  expect(checkFields(declaration, () => ({ line: 1, column: 1, found: false }))).toEqual([]);
});
