import { Body, Cause, Change, Finding } from '../model';
import { canonical, differencesOf, textOf } from './differences';
import { asBody, conditionOf, rendererOf } from './values';
import { HIDDEN } from './wording';

type Common = Pick<Change, 'cloud' | 'stack'>;
type Verdict = (was: Body | undefined, is: Body | undefined, name: string, stack: string) => readonly Finding[];

export const BOOKKEEPING: Finding = { class: 'cosmetic', why: "The CDK's own bookkeeping: nothing that runs changes." };
const CDKS_OWN = new Set(['BootstrapVersion', 'CheckBootstrapVersion', 'CDKMetadata']);

// Conditions and mappings have no row: what they say stands in the resources that use them.
const VERDICTS: { readonly [section: string]: { readonly type: string; readonly verdict: Verdict } } = {
  Outputs: { type: 'AWS::CloudFormation::Output', verdict: judgeOutput },
  Parameters: { type: 'AWS::CloudFormation::Parameter', verdict: judgeParameter },
  Rules: {
    type: 'AWS::CloudFormation::Rule',
    verdict: () => [
      { class: 'unknown', why: 'A rule decides whether the deployment starts at all: whether it still does depends on the parameters.' },
    ],
  },
};
const COSMETIC = new Set(['Description', 'Metadata', 'AWSTemplateFormatVersion']);
const ELSEWHERE = new Set(['Resources', 'Conditions', 'Mappings', ...Object.keys(VERDICTS)]);

/** What differs in a template beside its resources. */
export function diffSections(before: Body | undefined, after: Body | undefined, common: Common): Change[] {
  if (!before || !after) {
    return [];
  }
  const rows = Object.entries(VERDICTS).flatMap(([section, { type, verdict }]) => {
    const [was, is] = [before, after].map((template) => renderedSection(template, section));
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) => {
      const findings = (): readonly Finding[] => (CDKS_OWN.has(name) ? [BOOKKEEPING] : verdict(was[name], is[name], name, common.stack));
      return rowOf(common, `${section}.${name}`, type, was[name], is[name], findings);
    });
  });
  const rest = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !ELSEWHERE.has(key));
  const others = rest.flatMap((key) => {
    const finding: Finding = COSMETIC.has(key)
      ? { class: 'cosmetic', why: `\`${key}\` of the template describes it only.` }
      : { class: 'unknown', why: `\`${key}\` rewrites or steers the deployment: what it does to the resources is not known.` };
    const wrap = (template: Body): Body | undefined => (template[key] === undefined ? undefined : { [key]: template[key] });
    return rowOf(common, key, 'AWS::CloudFormation::Template', wrap(before), wrap(after), () => [finding]);
  });
  return [...rows, ...others];
}

function renderedSection(template: Body, section: string): { readonly [name: string]: Body } {
  const render = rendererOf(template);
  const rendered = Object.entries(asBody(template[section])).map(([name, declared]): [string, Body] => {
    const { Condition, ...rest } = asBody(declared);
    return [
      name,
      { ...asBody(render(rest)), ...(Condition !== undefined && { Condition: render(conditionOf(template, String(Condition))) }) },
    ];
  });
  return Object.fromEntries(rendered);
}

function rowOf(
  common: Common,
  address: string,
  type: string,
  was: Body | undefined,
  is: Body | undefined,
  findings: () => readonly Finding[],
): Change[] {
  if (was && is && canonical(was) === canonical(is)) {
    return [];
  }
  const secret = isSecret(was) || isSecret(is);
  const causes = differencesOf(was ?? {}, is ?? {}).map(({ path, before, after }): Cause => {
    const values =
      secret && path[0] === 'Default'
        ? { sensitive: true }
        : { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
    return { path: textOf(path), ...values, replacement: 'no' };
  });
  return [
    {
      ...common,
      address,
      type,
      action: !was ? 'add' : !is ? 'remove' : 'update',
      replacement: 'no',
      causes: was && is ? causes : [],
      findings: findings(),
      ...(was && { before: secret ? withoutDefault(was) : was }),
      ...(is && { after: secret ? withoutDefault(is) : is }),
    },
  ];
}

function isSecret(parameter: Body | undefined): boolean {
  return String(parameter?.NoEcho) === 'true';
}

function withoutDefault(parameter: Body): Body {
  return parameter.Default === undefined ? parameter : { ...parameter, Default: HIDDEN };
}

function judgeOutput(was: Body | undefined, is: Body | undefined, name: string, stack: string): Finding[] {
  const [old, now] = [was, is].map((output) => {
    const exported = asBody(output?.Export).Name;
    return exported === undefined || typeof exported === 'string' ? exported : canonical(exported);
  });
  const refused = (what: string): Finding[] => [
    { class: 'interrupt', conditional: true, why: `${what} If another stack imports it, CloudFormation refuses the whole deployment.` },
  ];
  if (old !== undefined && now === undefined) {
    return refused(`The export "${old}" goes.`);
  }
  if (old !== undefined && old !== now) {
    return refused(`The export "${old}" goes; the value is exported as "${now}".`);
  }
  if (old !== undefined && canonical(was!.Value) !== canonical(is!.Value)) {
    return refused(`The value of the export "${old}" changes.`);
  }
  if (old !== undefined && canonical(was!.Condition) !== canonical(is!.Condition)) {
    return refused(`The export "${old}" is under another condition, and may go.`);
  }
  if (was && is && isNested(stack) && canonical(was.Value) !== canonical(is.Value)) {
    const why = `The stack above reads the output ${name} of this one: whether another value replaces what is there is not known.`;
    return [{ class: 'unknown', conditional: true, why }];
  }
  return [{ class: 'cosmetic', why: 'CloudFormation prints it and reads it nowhere.' }];
}

// `Stack/LogicalId`, with or without the place of the stack.
function isNested(stack: string): boolean {
  return stack.split(' in ')[0].includes('/');
}

function judgeParameter(was: Body | undefined, is: Body | undefined, name: string): Finding[] {
  const findings: Finding[] = [];
  if (was && is && isSecret(was) && !isSecret(is)) {
    findings.push({
      class: 'access',
      why: `Whoever may describe the stack can newly read the value of the parameter ${name}: NoEcho is off.`,
    });
  }
  if (was && is && canonical(was.Default) !== canonical(is.Default)) {
    const why = `The default of the parameter ${name} changes: a deployed stack keeps the value that it has unless one is passed, a new one takes the default.`;
    findings.push({ class: 'unknown', conditional: true, why });
  }
  if (was && is && was.Type !== is.Type) {
    findings.push({
      class: 'unknown',
      why: `The parameter ${name} is read as ${is.Type}, before: ${was.Type}: its value may mean something else.`,
    });
  }
  const described = differencesOf(was ?? {}, is ?? {}).every((d) => d.path[0] === 'Description');
  return was && is && described ? [{ class: 'cosmetic', why: 'Only the description of the parameter differs.' }] : findings;
}
