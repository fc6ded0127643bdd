import { classify } from '../../lib/review/classify';
import { findCommon, listed } from '../../lib/review/classify/common';
import { Cause, Change, Finding } from '../../lib/review/model';
import { texts } from './classify';

const change = (x: Partial<Change>): Change => ({
  cloud: 'aws',
  stack: 'housing',
  address: 'Thing',
  type: 'AWS::SQS::Queue',
  action: 'update',
  replacement: 'no',
  causes: [],
  findings: [],
  ...x,
});
const cause = (path: string, replacement: Cause['replacement'] = 'no'): Cause => ({ path, before: 'a', after: 'b', replacement });
const told = (x: Partial<Change>, known: readonly Finding[] = []): string[] => texts(findCommon(change(x), known));
const ACCESS: Finding = { class: 'access', why: 'Anyone can newly call it.' };
const DOUBT: Finding = { class: 'unknown', why: 'No rule reads it.' };

describe('what is made anew', () => {
  const causes = [cause('Properties.A', 'yes'), cause('Properties.B'), cause('Properties.C', 'conditional')];

  test('is told with what forces it', () => {
    expect(told({ action: 'replace', replacement: 'yes', causes })).toEqual([
      'replace: `Properties.A` cannot be updated in place: it is made anew.',
    ]);
  });

  test('is told without a cause', () => {
    expect(told({ action: 'replace', replacement: 'yes' })).toEqual(['replace: It is made anew.']);
  });

  test('is told with each cause once, and the rest counted', () => {
    const many = ['A', 'B', 'A', 'C', 'D', 'E', 'F'].map((name) => cause(`Properties.${name}`, 'yes'));
    expect(told({ action: 'replace', replacement: 'yes', causes: many })).toEqual([
      'replace: `Properties.A`, `Properties.B`, `Properties.C`, `Properties.D` and 2 more cannot be updated in place: it is made anew.',
    ]);
  });

  test('may be, where a cause decides by its value', () => {
    const why = 'replace?: `Properties.C` may not be updatable in place: it depends on values that the output does not tell.';
    expect(told({ action: 'replace', replacement: 'conditional', causes: causes.slice(1) })).toEqual([why]);
    expect(told({ causes: causes.slice(1) })).toEqual([why]);
  });

  test('may be, without a cause', () => {
    expect(told({ action: 'replace', replacement: 'conditional' })).toEqual([
      'replace?: What differs may not be updatable in place: it depends on values that the output does not tell.',
    ]);
  });

  test('is told under its new address', () => {
    expect(told({ action: 'move', replacement: 'yes', from: 'Old' })).toEqual([
      'replace: It is the same under a new address, before: `Old`. Unless it is renamed, it is made anew and the old one goes.',
    ]);
  });

  test('is no replacement to mind where each change is a revision', () => {
    expect(told({ type: 'AWS::ECS::TaskDefinition', action: 'replace', replacement: 'yes', causes })).toEqual([
      'interrupt?: It becomes the next revision: services roll over to it as their deployment says, and who starts tasks by the old one by hand is refused.',
    ]);
  });

  test('is not told twice', () => {
    const known: Finding = { class: 'replace', why: 'It is destroyed and made again.' };
    expect(told({ action: 'replace', replacement: 'yes', causes }, [known])).toEqual([]);
    expect(told({ action: 'replace', replacement: 'conditional', causes }, [known])).toEqual([]);
  });

  test('is not told of what is updated in place, added or removed', () => {
    expect(told({ causes: [cause('Properties.B')] })).toEqual([]);
    expect(told({ action: 'add' })).toEqual([]);
    expect(told({ action: 'remove' })).toEqual([]);
  });
});

describe('what nobody understood', () => {
  const UNKNOWN = 'unknown: Nothing is known of `Properties.New` of AWS::SQS::Queue: neither whether it is replaced nor what it means.';

  test('is told with its properties', () => {
    expect(told({ replacement: 'unknown', causes: [cause('Properties.New', 'unknown'), cause('Properties.B')] })).toEqual([UNKNOWN]);
  });

  test('is told beside a replacement that is certain', () => {
    const causes = [cause('Properties.A', 'yes'), cause('Properties.New', 'unknown')];
    expect(told({ action: 'replace', replacement: 'yes', causes })).toEqual([
      'replace: `Properties.A` cannot be updated in place: it is made anew.',
      UNKNOWN,
    ]);
  });

  test('is told beside what is known, another doubt included', () => {
    const causes = [cause('Properties.New', 'unknown')];
    expect(told({ replacement: 'unknown', causes }, [ACCESS])).toEqual([UNKNOWN]);
    expect(told({ replacement: 'unknown', causes }, [DOUBT])).toEqual([UNKNOWN]);
  });

  test('is not told again where the comparison told it', () => {
    const causes = [cause('source', 'unknown')];
    expect(told({ replacement: 'unknown', causes, findings: [DOUBT] }, [DOUBT])).toEqual([]);
  });

  test('is told of the whole where no property is named', () => {
    expect(told({ type: 'Custom::Thing', replacement: 'unknown' })).toEqual([
      'unknown: Nothing is known of Custom::Thing: neither whether it is replaced nor what the change means.',
    ]);
  });

  test.each(['add', 'remove'] as const)('is told of a type that nobody knows: %s', (action) => {
    const why = `unknown: Nothing is known of the type Custom::Thing: what it means that one is ${action === 'add' ? 'added' : 'removed'} is for you to judge.`;
    expect(told({ type: 'Custom::Thing', action, replacement: 'unknown' })).toEqual([why]);
    expect(told({ type: 'Custom::Thing', action, replacement: 'unknown' }, [ACCESS])).toEqual([why]);
    expect(told({ type: 'Custom::Thing', action, replacement: 'unknown' }, [DOUBT])).toEqual([]);
  });
});

describe('what is cosmetic', () => {
  const COSMETIC: readonly (readonly [string, string, string])[] = [
    ['AWS::SQS::Queue', 'Properties.Tags[0].Value', 'tags'],
    ['AWS::EC2::LaunchTemplate', 'Properties.TagSpecifications[0].Tags[0].Value', 'tags'],
    ['AWS::Route53::HostedZone', 'Properties.HostedZoneTags[0].Value', 'tags'],
    ['AWS::EFS::FileSystem', 'Properties.FileSystemTags[0].Value', 'tags'],
    ['AWS::Cognito::UserPool', 'Properties.UserPoolTags.team', 'tags'],
    ['azurerm_storage_account', 'tags.team', 'tags'],
    ['google_storage_bucket', 'labels.team', 'labels'],
    ['google_storage_bucket', 'effective_labels.team', 'labels'],
    ['google_monitoring_alert_policy', 'user_labels.team', 'labels'],
    ['AWS::Lambda::Function', 'Properties.Description', 'the description'],
    ['AWS::CloudWatch::Alarm', 'Properties.AlarmDescription', 'the description'],
    ['AWS::EC2::SecurityGroup', 'Properties.SecurityGroupIngress[0].Description', 'the description'],
    ['google_service_account', 'description', 'the description'],
    ['AWS::SNS::Topic', 'Properties.DisplayName', 'the display name'],
    ['google_service_account', 'display_name', 'the display name'],
    ['azurerm_machine_learning_workspace', 'friendly_name', 'the display name'],
    ['AWS::CloudFront::Distribution', 'Properties.DistributionConfig.Comment', 'a comment'],
    ['google_cloud_run_v2_service', 'annotations.team', 'annotations'],
    ['AWS::Lambda::Function', 'Metadata.Reason', 'metadata'],
    ['Custom::Thing', 'Metadata.Reason', 'metadata'],
    ['AWS::Lambda::Function', 'DependsOn[0]', 'the order of deployment'],
    ['google_storage_bucket', 'depends_on[0]', 'the order of deployment'],
  ];

  test.each(COSMETIC)('is told as that: %s %s', (type, path, as) => {
    expect(told({ type, causes: [cause(path)] })).toEqual([`cosmetic: Nothing but ${as} differs.`]);
  });

  test('is told in one sentence', () => {
    const causes = [
      cause('Properties.Tags[0].Value'),
      cause('Properties.Tags[1].Value'),
      cause('Metadata.Reason'),
      cause('Properties.Description'),
    ];
    expect(told({ causes })).toEqual(['cosmetic: Nothing but tags, metadata and the description differs.']);
  });

  test.each([
    ['with something else', [cause('Properties.Tags[0].Value'), cause('Properties.DelaySeconds')]],
    ['where it is replaced for it', [cause('Properties.Tags[0].Value', 'conditional')]],
    ['without a cause', []],
  ])('is not %s', (_name, causes) => {
    expect(told({ causes }).filter((why) => why.startsWith('cosmetic'))).toEqual([]);
  });

  test('is not where something is known of it', () => {
    expect(told({ causes: [cause('Properties.Tags[0].Value')] }, [ACCESS])).toEqual([]);
  });

  test.each([
    ['google_compute_instance', 'tags[0]'],
    ['google_container_node_pool', 'node_config[0].labels.pool'],
    ['AWS::Lambda::Function', 'Properties.Environment.Variables.Description'],
    ['AWS::Batch::JobDefinition', 'Properties.ContainerProperties.Environment[0].Description'],
    ['AWS::EC2::LaunchTemplate', 'Metadata.AWS::CloudFormation::Init.config'],
    ['google_cloud_run_v2_service', 'template[0].containers[0].env[0].description'],
    ['azurerm_linux_function_app', 'app_settings.description'],
    ['AWS::Glue::Table', 'Properties.Metadata.Reason'],
    ['AWS::Cognito::UserPool', 'Properties.DisplayName'],
    ['aws_s3_bucket', 'tags.team'],
  ])('is not where the same word steers something: %s %s', (type, path) => {
    expect(told({ type, causes: [cause(path)] })).toEqual([]);
  });

  test('is a move that replaces nothing', () => {
    expect(told({ type: 'google_storage_bucket', action: 'move', from: 'google_storage_bucket.old' })).toEqual([
      'cosmetic: Only its address differs: it was `google_storage_bucket.old`.',
    ]);
    expect(told({ type: 'google_storage_bucket', action: 'move', from: 'google_storage_bucket.old', causes: [cause('name')] })).toEqual([]);
  });
});

describe('what a change means', () => {
  test('has the dangerous first', () => {
    const queue = change({
      action: 'replace',
      replacement: 'yes',
      causes: [cause('Properties.QueueName', 'yes')],
      before: { Properties: { QueueName: 'a', KmsMasterKeyId: 'key' } },
      after: { Properties: { QueueName: 'b' } },
    });
    expect(classify(queue).findings.map((f) => f.class)).toEqual(['data-loss', 'replace', 'interrupt', 'access']);
  });

  test('keeps what the comparison found', () => {
    expect(classify(change({ findings: [DOUBT], causes: [cause('Properties.A')] })).findings).toEqual([DOUBT]);
  });

  test.each([
    ['AWS::SQS::Queue', { Properties: {} }, 'data-loss'],
    ['azurerm_storage_account', { name: 'a' }, 'data-loss'],
    ['google_storage_bucket', { name: 'a' }, 'data-loss'],
  ])('is told by the rules of its cloud, whatever the stack is of: %s', (type, before, first) => {
    expect(classify(change({ cloud: 'terraform', type, action: 'remove', before })).findings[0].class).toBe(first);
  });

  test.each(['Custom::Thing', 'Alexa::ASK::Skill', 'random_id', 'constructor'])('is unknown of a type of no cloud: %s', (type) => {
    expect(classify(change({ type, action: 'remove', replacement: 'unknown', before: {} })).findings.map((f) => f.class)).toEqual([
      'unknown',
    ]);
  });
});

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c', 'd'], 'a, b, c and d'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d and 1 more'],
])('a list reads as people say it: %j', (items, text) => {
  expect(listed(items)).toBe(text);
});

test('a list is as long as it is asked to be', () => {
  expect(listed(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
});
