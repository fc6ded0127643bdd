import { Body } from '../model';
import { canonical } from './differences';
import { mapReferences, referencesIn } from './values';

/** A resource as it is declared, references rendered. */
export interface Resource {
  readonly type: string;
  readonly body: Body;
  readonly path?: string;
}
export type Resources = ReadonlyMap<string, Resource>;

// New under a new id each time on purpose: each is one published state of what it belongs to.
const PUBLISHED = new Set([
  'AWS::Lambda::Version',
  'AWS::Lambda::LayerVersion',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGatewayV2::Deployment',
]);
// What follows the construct's id by itself, and says nothing of what the resource is.
const INCIDENTAL = new Set(['Tags', 'TagSpecifications', 'Description', 'GroupDescription', 'AlarmDescription']);
// A chain of references that is longer tells no more.
const ROUNDS = 20;

/**
 * Resources that are the same under a new logical id: old id to new id.
 *
 * Two are the same if what they declare is, where references to others that got a new id are followed to what *they* declare.
 * So a whole construct is recognized under its new id, although each of its resources refers to others of it by new names.
 */
export function findMoves(before: Resources, after: Resources): Map<string, string> {
  const gone = only(before, after);
  const come = only(after, before);
  const moves = new Map<string, string>();
  if (gone.size === 0 || come.size === 0) {
    return moves;
  }
  const shapes = new Map([...gone, ...come].map(([id, r]) => [id, shapeOf(id, r, (other) => gone.has(other) || come.has(other))]));
  const colours = refine(shapes);
  const groups = new Map<number, { gone: string[]; come: string[] }>();
  for (const [ids, side] of [
    [gone.keys(), 'gone'],
    [come.keys(), 'come'],
  ] as const) {
    for (const id of ids) {
      const group = groups.get(colours.get(id)!) ?? { gone: [], come: [] };
      groups.set(colours.get(id)!, group);
      group[side].push(id);
    }
  }
  const taken = new Set<string>();
  const match = (was: string, is: string): void => {
    if (moves.has(was) || taken.has(is) || colours.get(was) !== colours.get(is)) {
      return;
    }
    moves.set(was, is);
    taken.add(is);
    // What a pair refers to is a pair as well: it tells twins apart.
    const others = shapes.get(is)!.references;
    shapes.get(was)!.references.forEach((other, n) => {
      if (gone.has(other) && come.has(others[n])) {
        match(other, others[n]);
      }
    });
  };
  const pairs = [...groups.values()].filter((g) => g.gone.length > 0 && g.come.length > 0);
  for (const group of pairs.filter((g) => g.gone.length === 1 && g.come.length === 1)) {
    match(group.gone[0], group.come[0]);
  }
  for (const group of pairs) {
    const left = byPath(group.come, come).filter((id) => !taken.has(id));
    byPath(group.gone, gone)
      .filter((id) => !moves.has(id))
      .slice(0, left.length)
      .forEach((id, n) => match(id, left[n]));
  }
  return moves;
}

/** Published states that succeed each other: old id to new id. */
export function findPublished(before: Resources, after: Resources): Map<string, string> {
  const successors = new Map<string, string>();
  for (const [id, r] of after) {
    if (PUBLISHED.has(r.type) && r.path && !before.has(id)) {
      successors.set(`${r.type} ${r.path}`, id);
    }
  }
  const published = new Map<string, string>();
  for (const [id, r] of before) {
    const successor = successors.get(`${r.type} ${r.path}`);
    if (successor && !after.has(id)) {
      published.set(id, successor);
    }
  }
  return published;
}

function only(these: Resources, others: Resources): Map<string, Resource> {
  return new Map([...these].filter(([id, r]) => !others.has(id) && !PUBLISHED.has(r.type)));
}

interface Shape {
  readonly type: string;
  /** What is declared, without the names of those that may have moved. */
  readonly text: string;
  /** Those, in the order in which they occur. */
  readonly references: readonly string[];
}

function shapeOf(id: string, resource: Resource, mayHaveMoved: (id: string) => boolean): Shape {
  const properties = Object.entries((resource.body.Properties ?? {}) as Body).filter(([name]) => !INCIDENTAL.has(name));
  // Sorted by name, so that references come in the same order; DependsOn and policies of the template do not make identity.
  const sorted = Object.fromEntries(properties.sort(([a], [b]) => (a < b ? -1 : 1)));
  const references: string[] = [];
  referencesIn(sorted, (other) => mayHaveMoved(other) && references.push(other));
  const anonymous = mapReferences(sorted, (other) => (mayHaveMoved(other) ? '#' : other));
  // The CDK names a policy by its logical id: a name that follows the id does not tell two apart.
  const text = canonical(anonymous, false, true);
  const isWord = /^\w+$/.test(id);
  return { type: resource.type, text: isWord ? text.replace(new RegExp(`\\b${id}\\b(?!":)`, 'g'), '#self') : text, references };
}

/** Colours: equal for those that cannot be told apart by what they declare and refer to. */
function refine(shapes: ReadonlyMap<string, Shape>): Map<string, number> {
  let colours = new Map<string, number>();
  let count = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const known = new Map<string, number>();
    const next = new Map<string, number>();
    for (const [id, shape] of shapes) {
      const key = `${round === 0 ? `${shape.type} ${shape.text}` : colours.get(id)} ${round === 0 ? '' : shape.references.map((r) => colours.get(r)).join()}`;
      next.set(id, known.get(key) ?? known.size);
      known.set(key, next.get(id)!);
    }
    colours = next;
    if (known.size === count) {
      break;
    }
    count = known.size;
  }
  return colours;
}

function byPath(ids: readonly string[], resources: ReadonlyMap<string, Resource>): string[] {
  const key = (id: string): string => resources.get(id)?.path ?? id;
  return [...ids].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
