// Writes what `mlops diff` reads of CloudFormation's types: which properties replace a resource. All there is to know of them takes half a
// second and 100 MB to load; of this, a line for each service, only the lines of the services in a template are parsed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// The copy that `cdk diff` reads.
const library = createRequire(createRequire(import.meta.url).resolve('@aws-cdk/cloudformation-diff'));
const FILE = new URL('../../lib/review/cloudformation/specification.jsonl', import.meta.url);

/** Writes the file, unless it is of this library and this program already. */
export function writeSpecification() {
  const program = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex');
  const head = `# @aws-cdk/aws-service-spec ${library('@aws-cdk/aws-service-spec/package.json').version} ${program}\n`;
  if (!existsSync(FILE) || !readFileSync(FILE, 'utf8').startsWith(head)) writeFileSync(FILE, head + lines().join(''));
}

/** A line for each service: its name, a tab, its types and the definitions that they refer to, as spec.ts reads them. */
function lines() {
  const database = library('@aws-cdk/aws-service-spec').loadAwsServiceSpecSync();
  const services = {};
  for (const { cloudFormationType, properties, primaryIdentifier, additionalReplacementProperties } of database.all('resource')) {
    const { resources, definitions } = (services[cloudFormationType.split('::', 2).join('::')] ??= { resources: {}, definitions: {} });
    resources[cloudFormationType] = { properties: facts(properties), primaryIdentifier, additionalReplacementProperties };
    const open = references(properties);
    for (const id of open) {
      if (definitions[id]) continue;
      const definition = database.get('typeDefinition', id).properties;
      definitions[id] = { properties: facts(definition) };
      open.push(...references(definition));
    }
  }
  return Object.entries(services).map(([name, service]) => `${name}\t${JSON.stringify(service)}\n`);
}

function facts(properties) {
  const ofOne = ({ type, previousTypes, causesReplacement }) => ({
    type: shape(type),
    previousTypes: previousTypes?.map(shape),
    causesReplacement: causesReplacement === 'no' ? undefined : causesReplacement,
  });
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, ofOne(property)]));
}

function shape({ type, element, types, reference }) {
  return { type, element: element && shape(element), types: types?.map(shape), reference };
}

/** The definitions that properties refer to themselves. */
function references(properties) {
  const ofType = ({ element, types = [], reference }) => [
    ...(reference ? [reference.$ref] : []),
    ...[...(element ? [element] : []), ...types].flatMap(ofType),
  ];
  return Object.values(properties).flatMap(({ type, previousTypes = [] }) => [type, ...previousTypes].flatMap(ofType));
}
