import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');
const ROOMS = ['aws', 'azure', 'gcp'];

interface Docs {
  readonly summary?: string;
  readonly remarks?: string;
  readonly default?: string;
  readonly example?: string;
  readonly see?: string;
}

interface Member {
  readonly name: string;
  readonly docs?: Docs;
  readonly optional?: boolean;
  readonly overrides?: string;
}

interface Type extends Member {
  readonly fqn: string;
  readonly kind: string;
  readonly base?: string;
  readonly datatype?: boolean;
  readonly members?: Member[];
  readonly properties?: Member[];
  readonly methods?: Member[];
}

const types = Object.values((JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as { types: { [fqn: string]: Type } }).types);
// What overrides is documented where it is declared.
const membersOf = (type: Type) => [type.members, type.properties, type.methods].flatMap((m) => m ?? []).filter((m) => !m.overrides);
const all = types.flatMap((type) => [
  { name: type.fqn, docs: type.docs },
  ...membersOf(type).map(({ name, docs }) => ({ name: `${type.fqn}.${name}`, docs })),
]);
const structProps = types
  .filter(({ datatype }) => datatype)
  .flatMap((type) => membersOf(type).map((prop) => ({ ...prop, name: `${type.fqn}.${prop.name}` })));
const textOf = (docs: Docs = {}) => [docs.summary, docs.remarks].join(' ').replace(/\s+/g, ' ');
const sources = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.includes('private'),
);

/** Bases of what users put into a stack. */
const CONSTRUCTS = /^(constructs\.Construct|aws-cdk-lib\.(Stack|Resource)|cdktf\.TerraformStack)$/;
/** A sentence that bounds a number: `at most 6 MB`, `5 minutes to 36 hours`, `within 30 seconds`. */
const LIMIT = /\bat most (\d|a |one|two|four|seven)|\/?\d[\w,.]*( \w+)? to \/?\d|\bwithin \d/;

test('every type and member says what it is', () => {
  expect(all.length).toBeGreaterThan(500);
  expect(all.filter(({ docs }) => !/^[A-Z0-9`].*[.;:?]$/s.test(docs?.summary ?? '')).map(({ name }) => name)).toEqual([]);
});

test('every optional prop says what happens without it, no other does', () => {
  expect(structProps.filter(({ docs, optional }) => !docs?.default !== !optional).map(({ name }) => name)).toEqual([]);
});

test('nothing public is left to be done', () => {
  expect(all.filter(({ docs }) => /\b(TODO|FIXME|XXX|TBD)\b/.test(JSON.stringify(docs ?? {}))).map(({ name }) => name)).toEqual([]);
});

test('every construct says what it defines, by an example too', () => {
  const constructs = types.filter(({ base }) => CONSTRUCTS.test(base ?? ''));
  expect(constructs.length).toBeGreaterThan(25);
  expect(constructs.filter(({ docs }) => !docs?.example || !/^Defines\b/m.test(docs.remarks ?? '')).map(({ fqn }) => fqn)).toEqual([]);
});

test('every limit of a cloud names its source', () => {
  const limits = all.filter(({ name, docs }) => ROOMS.some((room) => name.includes(`.${room}.`)) && LIMIT.test(textOf(docs)));
  expect(limits.length).toBeGreaterThan(10);
  expect(limits.filter(({ docs }) => !docs?.see && !/https:\/\//.test(textOf(docs))).map(({ name }) => name)).toEqual([]);
});

test('a source is an address and nothing else', () => {
  expect(all.filter(({ docs }) => docs?.see && !/^https:\/\/\S+$/.test(docs.see)).map(({ name }) => name)).toEqual([]);
});

test.each(['README.md', ...ROOMS.map((room) => `lib/${room}/README.md`)])('what %s names of a class is there', (file) => {
  const prose = readFileSync(join(ROOT, file), 'utf8').replace(/^```.*?^```/gms, '');
  const named = [...prose.matchAll(/`[^`\n]+`/g)].flatMap(([code]) => [...code.matchAll(/(?<![\w.])([A-Z]\w+)\.(\w+)/g)]);
  const lacking = named.filter(([, type, member]) => {
    const known = types.filter(({ name }) => name === type);
    return !known.some((t) => [t.members, t.properties, t.methods].some((members) => members?.some(({ name }) => name === member)));
  });
  expect(lacking.map(([text]) => text)).toEqual([]);
});

test.each(sources)('no doc comment of lib/%s has two @see, of which jsii would keep the last', (file) => {
  const comments = readFileSync(join(ROOT, 'lib', file), 'utf8').match(/\/\*\*.*?\*\//gs) ?? [];
  expect(comments.filter((comment) => comment.split('@see').length > 2)).toEqual([]);
});
