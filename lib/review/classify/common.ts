import { Cause, Change, ChangeClass, Finding } from '../model';

/** What a change means whatever its type: replacement, cosmetics, and what nobody understood. `known` is what its type told already. */
export function findCommon(change: Change, known: readonly Finding[]): Finding[] {
  if (change.action === 'add' || change.action === 'remove') {
    return change.replacement === 'unknown' && !known.some((f) => f.class === 'unknown')
      ? [
          {
            class: 'unknown',
            why: `Nothing is known of the type ${change.type}: what it means that one is ${change.action === 'add' ? 'added' : 'removed'} is for you to judge.`,
          },
        ]
      : [];
  }
  const told = (of: ChangeClass): boolean => known.some((f) => f.class === of);
  const findings = [...(told('replace') ? [] : replaced(change)), ...misunderstood(change)];
  if (
    change.replacement === 'no' &&
    known.length === 0 &&
    change.causes.length > 0 &&
    change.causes.every((c) => isCosmetic(change.type, c))
  ) {
    findings.push({
      class: 'cosmetic',
      why: `Nothing but ${kindsOf(change.type, change.causes)} differs.`,
    });
  } else if (change.action === 'move' && change.replacement === 'no' && change.causes.length === 0) {
    findings.push({ class: 'cosmetic', why: `Only its address differs: it was \`${change.from}\`.` });
  }
  return findings;
}

// Made anew by each change on purpose: what says so every time is not read when it matters.
const REVISIONS: { readonly [type: string]: string } = {
  'AWS::ECS::TaskDefinition':
    'It becomes the next revision: services roll over to it as their deployment says, and who starts tasks by the old one by hand is refused.',
};

function replaced(change: Change): Finding[] {
  if (change.action === 'move' && change.replacement === 'yes') {
    return [
      {
        class: 'replace',
        why: `It is the same under a new address, before: \`${change.from}\`. Unless it is renamed, it is made anew and the old one goes.`,
      },
    ];
  }
  if (change.replacement === 'yes' && REVISIONS[change.type]) {
    return [{ class: 'interrupt', conditional: true, why: REVISIONS[change.type] }];
  }
  if (change.replacement === 'yes') {
    const causes = pathsOf(change.causes, 'yes');
    return [{ class: 'replace', why: causes ? `${causes} cannot be updated in place: it is made anew.` : 'It is made anew.' }];
  }
  if (change.replacement === 'conditional' || change.causes.some((c) => c.replacement === 'conditional')) {
    const causes = pathsOf(change.causes, 'conditional');
    return [
      {
        class: 'replace',
        conditional: true,
        why: `${causes || 'What differs'} may not be updatable in place: it depends on values that the output does not tell.`,
      },
    ];
  }
  return [];
}

function misunderstood(change: Change): Finding[] {
  // Who compared may have said it in other words.
  if (change.findings.some((f) => f.class === 'unknown')) {
    return [];
  }
  const causes = pathsOf(change.causes, 'unknown');
  if (causes) {
    return [
      { class: 'unknown', why: `Nothing is known of ${causes} of ${change.type}: neither whether it is replaced nor what it means.` },
    ];
  }
  return change.replacement === 'unknown'
    ? [{ class: 'unknown', why: `Nothing is known of ${change.type}: neither whether it is replaced nor what the change means.` }]
    : [];
}

const MOST = 4;

function pathsOf(causes: readonly Cause[], replacement: Cause['replacement']): string {
  const paths = [...new Set(causes.filter((c) => c.replacement === replacement).map((c) => `\`${c.path}\``))];
  return listed(paths);
}

/** "a, b and c", the rest counted where there are many. */
export function listed(items: readonly string[], most = MOST): string {
  if (items.length > most) {
    return `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
  }
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

// What only describes, by the name of a step of the path. Where the same word steers something, the row names the types that it describes.
const DESCRIPTIVE: readonly { readonly step: RegExp; readonly type: RegExp; readonly as: string }[] = [
  { step: /^(Tags|TagSpecifications|HostedZoneTags|FileSystemTags|UserPoolTags)$/, type: /^AWS::/, as: 'tags' },
  { step: /^(tags|default_tags)$/, type: /^azurerm_/, as: 'tags' },
  // On Google `tags` are the targets of firewall rules, and labels of a node steer where pods run.
  { step: /^(labels|user_labels|resource_labels|terraform_labels|effective_labels)$/, type: /^google_/, as: 'labels' },
  { step: /^(Description|AlarmDescription|description|GroupDescription)$/, type: /./, as: 'the description' },
  { step: /^(DisplayName|display_name|friendly_name|FriendlyName)$/, type: /^(AWS::SNS|azurerm_|google_)/, as: 'the display name' },
  { step: /^(Comment|comment)$/, type: /./, as: 'a comment' },
  { step: /^annotations$/, type: /^google_/, as: 'annotations' },
  { step: /^Metadata$/, type: /^(AWS|Custom)::/, as: 'metadata' },
  { step: /^DependsOn$/, type: /^(AWS|Custom)::/, as: 'the order of deployment' },
  { step: /^depends_on$/, type: /_/, as: 'the order of deployment' },
];
// Below these a word that only describes elsewhere is read by something that runs.
const READ =
  /(^|\.)(node_config|Variables|AWS::CloudFormation::Init|ContainerProperties|Environment|env|variables|app_settings|spec\[0\]\.template)(\.|\[|$)/;

function describes(type: string, cause: Cause): string | undefined {
  if (READ.test(cause.path) || cause.replacement !== 'no') {
    return undefined;
  }
  // CloudFormation's own words stand at the top, so that a property of the same name is none.
  const steps = cause.path.split('.').map((s) => s.replace(/\[.*$/, ''));
  const row = DESCRIPTIVE.find(
    (d) => d.type.test(type) && steps.some((s, n) => d.step.test(s) && (n === 0 || !['Metadata', 'DependsOn'].includes(s))),
  );
  return row?.as;
}

function isCosmetic(type: string, cause: Cause): boolean {
  return describes(type, cause) !== undefined;
}

function kindsOf(type: string, causes: readonly Cause[]): string {
  return listed([...new Set(causes.map((c) => describes(type, c)!))]);
}
