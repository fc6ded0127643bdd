import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Body, Replacement } from '../model';
import { isIntrinsic } from './values';

/** A step into a value: a property, or an index of a list. */
export type Step = string | number;

// As much as is read here of the types of @aws-cdk/service-spec-types.
interface SpecType {
  readonly type: string;
  readonly element?: SpecType;
  readonly types?: readonly SpecType[];
  readonly reference?: { readonly $ref: string };
}
interface SpecProperty {
  readonly type: SpecType;
  readonly previousTypes?: readonly SpecType[];
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
}
type SpecProperties = { readonly [name: string]: SpecProperty };
interface SpecResource {
  readonly properties: SpecProperties;
  readonly primaryIdentifier?: readonly string[];
  readonly additionalReplacementProperties?: readonly (readonly string[])[];
}
type SpecDefinitions = { readonly [id: string]: { readonly properties: SpecProperties } };
interface SpecService {
  readonly resources: { readonly [type: string]: SpecResource };
  readonly definitions: SpecDefinitions;
}

let specification: string | undefined;
const services = new Map<string, SpecService | undefined>();
const definitions: { [id: string]: SpecDefinitions[string] } = {};
/**
 * What is known of the types of one service: the facts that `cdk diff` reads, which judges a property by its name at the top only; those
 * of what is nested are among them. Written by bin/dev/specification.mjs.
 */
function serviceOf(name: string): SpecService | undefined {
  if (!services.has(name)) {
    specification ??= readFileSync(join(__dirname, 'specification.jsonl'), 'utf8');
    const line = specification.indexOf(`\n${name}\t`);
    const start = line + name.length + 2;
    const service = line < 0 ? undefined : (JSON.parse(specification.slice(start, specification.indexOf('\n', start))) as SpecService);
    services.set(name, service);
    Object.assign(definitions, service?.definitions);
  }
  return services.get(name);
}

type SchemaFacts = { readonly [type: string]: { readonly [path: string]: Replacement } };
let schemaFacts: SchemaFacts | undefined;
/** What CloudFormation's schemas say of properties that the specification calls updatable: see test/e2e/cloudformation-facts.mjs. */
function schemaFactsOf(type: string): SchemaFacts[string] {
  schemaFacts ??= (JSON.parse(readFileSync(join(__dirname, 'facts.json'), 'utf8')) as { types: SchemaFacts }).types;
  return schemaFacts[type] ?? {};
}

function resourceOf(type: string): SpecResource | undefined {
  const known = serviceOf(type.split('::', 2).join('::'))?.resources;
  return known && Object.hasOwn(known, type) ? known[type] : undefined;
}

// Custom resources of the CDK, which do what their names say.
const CDKS_OWN = new Set([
  'Custom::S3AutoDeleteObjects',
  'Custom::ECRAutoDeleteImages',
  'Custom::VpcRestrictDefaultSG',
  'Custom::LogRetention',
]);

/** Whether it is known what a resource of the type is; of a custom resource it is not. */
export function knows(type: string): boolean {
  return CDKS_OWN.has(type) || (resourceOf(type) !== undefined && type !== 'AWS::CloudFormation::CustomResource');
}

/** The properties whose values tell one resource of the type from another. */
export function identifiersOf(type: string): readonly string[] {
  return resourceOf(type)?.primaryIdentifier ?? [];
}

// A change to these replaces the environment, unless ReplaceComputeEnvironment is false; then its machines are replaced and it stays.
// https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
const BATCH_INFRASTRUCTURE = new Set(
  'AllocationStrategy BidPercentage Ec2Configuration Ec2KeyPair ImageId InstanceRole InstanceTypes LaunchTemplate PlacementGroup Tags Type'.split(
    ' ',
  ),
);

/**
 * Whether a difference at the path below `Properties` replaces a resource of the type.
 *
 * @param properties what is declared of the resource
 * @param values before and after, where the difference is
 */
export function replacementAt(type: string, path: readonly Step[], properties: Body, values: readonly unknown[]): Replacement {
  const resource = resourceOf(type);
  const property = resource && propertyOf(resource.properties, path[0]);
  if (!property) {
    return 'unknown';
  }
  if (property.causesReplacement === 'yes') {
    return 'yes';
  }
  // The resources of the nested stack take it, and what becomes of them is not followed into its template.
  if (type === 'AWS::CloudFormation::Stack' && path[0] === 'Parameters') {
    return 'unknown';
  }
  const marked = markedAt(marksOf(type, resource), path);
  if (marked === 'yes') {
    return 'yes';
  }
  const known =
    marked === 'conditional' || property.causesReplacement === 'maybe' ? 'conditional' : walk(typesOf(property), path.slice(1), values);
  if (type !== 'AWS::Batch::ComputeEnvironment' || path[0] !== 'ComputeResources' || known === 'yes' || known === 'unknown') {
    return known;
  }
  const needsNewMachines = known === 'conditional' || path.length === 1 || BATCH_INFRASTRUCTURE.has(String(path[1]));
  return needsNewMachines && String(properties.ReplaceComputeEnvironment) !== 'false' ? 'conditional' : 'no';
}

interface Mark {
  readonly path: readonly string[];
  readonly replacement: Replacement;
}

const marks = new Map<string, readonly Mark[]>();
/** Of properties that the specification marks beside their definition, and of those that only the schema marks. */
function marksOf(type: string, resource: SpecResource): readonly Mark[] {
  let found = marks.get(type);
  if (!found) {
    const additional = (resource.additionalReplacementProperties ?? []).map((path): Mark => ({ path, replacement: 'yes' }));
    const schema = Object.entries(schemaFactsOf(type)).map(([path, replacement]): Mark => ({ path: path.split('.'), replacement }));
    marks.set(type, (found = [...additional, ...schema]));
  }
  return found;
}

function markedAt(all: readonly Mark[], path: readonly Step[]): Replacement {
  const on = all.filter((m) => path.every((step, n) => n >= m.path.length || m.path[n] === '*' || m.path[n] === step));
  const exact = on.filter((m) => m.path.length <= path.length).map((m) => m.replacement);
  // What holds a marked one came or went as a whole.
  return exact.includes('yes') ? 'yes' : on.length > 0 ? 'conditional' : 'no';
}

function propertyOf(properties: SpecProperties, step: Step): SpecProperty | undefined {
  return Object.hasOwn(properties, step) ? properties[step] : undefined;
}

function typesOf(property: SpecProperty): readonly SpecType[] {
  return [property.type, ...(property.previousTypes ?? [])].flatMap(alternatives);
}

function alternatives(type: SpecType): readonly SpecType[] {
  return type.type === 'union' ? (type.types ?? []).flatMap(alternatives) : [type];
}

function walk(types: readonly SpecType[], path: readonly Step[], values: readonly unknown[]): Replacement {
  if (path.length === 0) {
    // The whole value came or went: what it holds decides, and whether that counts as a change CloudFormation does not say.
    return values.some((v) => types.some((t) => holdsMarked(t, v))) ? 'conditional' : 'no';
  }
  const [step, ...rest] = path;
  const results = types.map((type): Replacement => {
    switch (type.type) {
      case 'ref': {
        const property = propertyOf(propertiesOf(type), step);
        if (!property) {
          return 'unknown';
        }
        const own = property.causesReplacement;
        return own === 'yes' ? 'yes' : own === 'maybe' ? 'conditional' : walk(typesOf(property), rest, values);
      }
      case 'array':
      case 'map':
        return walk(alternatives(type.element!), rest, values);
      case 'json':
      case 'tag':
        return 'no';
      default:
        return 'unknown';
    }
  });
  // The path fits one of the alternatives; where it fits none, nobody knows.
  return (['yes', 'conditional', 'no'] as const).find((r) => results.includes(r)) ?? 'unknown';
}

function propertiesOf(type: SpecType): SpecProperties {
  return definitions[type.reference!.$ref].properties;
}

/** Whether a value of the type has a property in it that forces a replacement, or may have one as far as the template tells. */
function holdsMarked(type: SpecType, value: unknown): boolean {
  if (typeof value === 'string') {
    return value.includes('${') && mayHoldMarked(type);
  }
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  if (Array.isArray(value)) {
    return type.type === 'array' && value.some((v) => alternatives(type.element!).some((t) => holdsMarked(t, v)));
  }
  if (isIntrinsic(value)) {
    const branches = (value as Body)['Fn::If'];
    return Array.isArray(branches) ? branches.slice(1).some((v) => holdsMarked(type, v)) : mayHoldMarked(type);
  }
  const entries = Object.entries(value);
  if (type.type === 'map') {
    return entries.some(([, v]) => alternatives(type.element!).some((t) => holdsMarked(t, v)));
  }
  const properties = type.type === 'ref' ? propertiesOf(type) : {};
  return entries.some(([name, v]) => {
    const property = propertyOf(properties, name);
    return property !== undefined && (isMarked(property) || typesOf(property).some((t) => holdsMarked(t, v)));
  });
}

/** Whether any value of the type can have such a property. */
function mayHoldMarked(type: SpecType, seen = new Set<string>()): boolean {
  if (type.type === 'array' || type.type === 'map') {
    return alternatives(type.element!).some((t) => mayHoldMarked(t, seen));
  }
  const id = type.type === 'ref' ? type.reference!.$ref : undefined;
  if (id === undefined || seen.has(id)) {
    return false;
  }
  seen.add(id);
  return Object.values(propertiesOf(type)).some((p) => isMarked(p) || typesOf(p).some((t) => mayHoldMarked(t, seen)));
}

function isMarked(property: SpecProperty): boolean {
  return property.causesReplacement === 'yes' || property.causesReplacement === 'maybe';
}
