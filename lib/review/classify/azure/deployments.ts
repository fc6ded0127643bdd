import { Body, Finding } from '../../model';
import { at, isBody, isSymbol, json, keyOf, Kind, shown, Thing } from '../terraform';
import { Deployed, READERS } from './deployed';

/** What a template says, as far as it can be read before Azure does. */
interface Template {
  /** By type and name. */
  readonly resources: ReadonlyMap<string, Deployed>;
  /** What is beside its resources: outputs, functions, a schema. */
  readonly rest: string;
}

const NESTED = 'Microsoft.Resources/deployments';

/** Deployments of Azure Resource Manager, whose resources are a text to Terraform. */
export const DEPLOYMENTS: { readonly [type: string]: Kind } = {
  azurerm_resource_group_template_deployment: { noun: 'deployment', rules: [complete, (thing) => contents(thing, true)] },
  // Azure keeps no list of what a deployment to a subscription made.
  azurerm_subscription_template_deployment: { noun: 'deployment', rules: [(thing) => contents(thing, false)] },
};

function complete(thing: Thing): Finding[] {
  const mode = (body: Body | undefined): string => String(at(body, 'deployment_mode')).toLowerCase();
  return thing.is && mode(thing.is) === 'complete' && mode(thing.was) !== 'complete'
    ? [
        thing.finding(
          'data-loss',
          `Everything in the resource group ${shown(at(thing.is, 'resource_group_name'))} that the template of {it} does not name is destroyed: its mode is Complete.`,
        ),
      ]
    : [];
}

function contents(thing: Thing, owned: boolean): Finding[] {
  const { was, is, change } = thing;
  const anew = was && is && change.replacement !== 'no';
  if (was && is && !anew && !CONTENT.some((p) => thing.touched(p))) return [];
  const [before, after] = [was, is].map((b) => (b ? templateOf(b) : EMPTY));
  if (!before || !after)
    return [thing.finding('unknown', 'What {it} deploys cannot be looked into: its template is not JSON that is known before it runs.')];
  const found: Finding[] = [];
  if (was && is && before.rest !== after.rest)
    found.push(thing.finding('unknown', 'The template of {it} differs beside its resources: what that means is for you to judge.'));
  for (const [key, resource] of after.resources) found.push(...deployed(thing, before.resources.get(key), resource));
  for (const [key, resource] of before.resources) {
    const complete = String(at(is, 'deployment_mode')).toLowerCase() === 'complete';
    if (owned && (!is || anew)) found.push(deleted(thing, resource, after.resources.has(key)));
    else if (!after.resources.has(key)) found.push(owned && complete ? lost(thing, resource) : left(thing, resource));
  }
  return found;
}

const CONTENT = ['template_content', 'parameters_content', 'template_spec_version_id'];

function deployed(thing: Thing, was: Deployed | undefined, is: Deployed): Finding[] {
  if (was && keyOf(was.body) === keyOf(is.body)) return [];
  const reader = READERS[is.type.toLowerCase()];
  if (reader && (!was || reader.reads(was, is))) return reader.find(was, is).map((f) => thing.finding(f.class, f.why, f.conditional));
  const what = was ? `${is.type} ${is.name} differs in {it}` : `{It} deploys ${is.type} ${is.name}`;
  return [thing.finding('unknown', `${what}: nothing is known of that, and what it means is for you to judge.`)];
}

/** What goes with the deployment, as far as the block of features of the provider does not keep it. */
function deleted(thing: Thing, was: Deployed, again: boolean): Finding {
  const { class: group, why } = lost(thing, was);
  const unless = 'That is so unless `delete_nested_items_during_deletion` is off in the provider.';
  return { class: group, why: `${why}${again ? ' It is made anew after that.' : ''} ${unless}`, conditional: true };
}

function lost(thing: Thing, was: Deployed): Finding {
  const said = READERS[was.type.toLowerCase()]?.gone(was);
  return thing.finding(said?.class ?? 'unknown', said?.why ?? `${was.type} ${was.name} is deleted, and what it holds is not known.`);
}

function left(thing: Thing, was: Deployed): Finding {
  return thing.finding(
    'unknown',
    `${was.type} ${was.name} stays as it is, and nobody declares it any more: delete it by hand if it is to go.`,
  );
}

const EMPTY: Template = { resources: new Map(), rest: '' };

function templateOf(body: Body): Template | undefined {
  if (at(body, 'template_spec_version_id') !== undefined) return undefined;
  const template = json(at(body, 'template_content'));
  const given = at(body, 'parameters_content');
  const values = given === undefined ? {} : json(given);
  if (!isBody(template) || !isBody(values)) return undefined;
  const resources = new Map<string, Deployed>();
  const rest: unknown[] = [];
  collect(template, values, resources, rest);
  return { resources, rest: keyOf(rest) };
}

function collect(template: Body, given: Body, into: Map<string, Deployed>, rest: unknown[]): void {
  const { resources, parameters, variables, ...beside } = template;
  const value = (name: string): unknown => {
    const one = given[name];
    return isBody(one) && 'value' in one ? one.value : at(isBody(parameters) ? parameters[name] : undefined, 'defaultValue');
  };
  rest.push(omit(beside, ['$schema', 'contentVersion']));
  const list = Array.isArray(resources) ? resources : isBody(resources) ? Object.values(resources) : [];
  for (const one of list) {
    const resource = evaluate(one, value, variables) as Body;
    const inner = at(resource, 'properties.template');
    if (resource.type === NESTED && isBody(inner)) {
      // Only with a scope of its own does it see parameters of its own.
      const own = at(resource, 'properties.parameters');
      collect(inner, isBody(own) ? own : {}, into, rest);
      rest.push(omit(resource, ['name', 'properties']), omit(resource.properties as Body, ['template', 'parameters']));
      continue;
    }
    const said = omit(resource, ['type', 'name', 'dependsOn', 'comments', 'metadata', 'tags']);
    into.set(`${String(resource.type)} ${keyOf(resource.name)}`, { type: String(resource.type), name: shown(resource.name), body: said });
  }
}

function omit(body: Body, names: readonly string[]): Body {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}

/** Fills in what parameters say; any other expression stays a text. */
function evaluate(value: unknown, parameter: (name: string) => unknown, variables: unknown): unknown {
  if (Array.isArray(value)) return value.map((v) => evaluate(v, parameter, variables));
  if (isBody(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, evaluate(v, parameter, variables)]));
  if (typeof value !== 'string' || isSymbol(value)) return value;
  const whole = /^\[parameters\('([^']+)'\)\]$/.exec(value);
  if (whole) return parameter(whole[1]) ?? value;
  const joined = /^\[concat\((.*)\)\]$/.exec(value);
  if (joined) {
    const parts = [...joined[1].matchAll(/'([^']*)'|parameters\('([^']+)'\)|([^,\s][^,]*)/g)].map(
      ([, text, name, other]) => text ?? (name === undefined ? `{${other}}` : shown(parameter(name) ?? `{${name}}`)),
    );
    return parts.join('');
  }
  // An expression of variables means what they say.
  return value.startsWith('[') && value.includes('variables(') ? `${value} with ${keyOf(variables)}` : value;
}
