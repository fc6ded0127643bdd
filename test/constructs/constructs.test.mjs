// node --test test/constructs: what is looked for in the declarations of all constructs is found where it is planted.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runTerraform, stacksOf, terraformVersion } from '../terraform/terraform.mjs';
import * as aws from './aws/index.mjs';
import * as azure from './azure/index.mjs';
import { declare, ignored, problemsOf } from './cases.mjs';
import { findings, judge, missing } from './cloudformation.mjs';
import { constructsOf, offered, Recorder } from './coverage.mjs';
import * as gcp from './gcp/index.mjs';

const out = mkdtempSync(join(tmpdir(), 'constructs-'));
after(() => rmSync(out, { recursive: true, force: true }));

const all = (room) => new Map(Object.keys(room.cases).map((name) => [name, declare(room, name, join(out, room.cloud)).recorder]));
const problems = (room) => problemsOf(room, join(out, room.cloud), all(room));
const only = (room, ...cases) => ({ ...room, cases: Object.fromEntries(cases), idle: {} });

describe('what a room offers', () => {
  test('is read from the assembly of the package', () => {
    assert.ok(constructsOf('aws').includes('LambdaInference'));
    assert.ok(constructsOf('azure').includes('AppServiceInference'));
    assert.ok(constructsOf('gcp').includes('CloudRunInference'));
    assert.ok(!constructsOf('gcp').includes('ArtifactStoreGrants'));
  });
  for (const what of [
    'new MlNetwork',
    'ArtifactStore.onObjectCreated',
    'ArtifactStore.fromArtifactStoreAttributes',
    'ArtifactStoreGrants.read',
    // Its own, what it has from core, and what is within.
    'ArtifactStoreProps.expiry',
    'ArtifactStoreProps.versioned',
    'StorageEncryptionKey.keyName',
    'AzureExistingNetwork.virtualNetworkId',
    'Capacity.ON_DEMAND',
  ])
    test(`has ${what}`, () => assert.ok(offered('azure').includes(what)));
  test('does not have what is declared for other clouds', () => {
    assert.deepEqual(
      offered('azure').filter((what) => /^(Aws|Gcp)|\.(aws|gcp)$|^Cloud\.(AWS|GCP)$/.test(what)),
      [],
    );
  });
});

for (const room of [aws, azure, gcp])
  describe(`declarations of ${room.cloud}`, () => {
    test('forget nothing, and minimal ones are', () => assert.deepEqual(problems(room), []));

    test('are missed where a construct has none', () => {
      const cases = Object.fromEntries(Object.entries(room.cases).filter(([name]) => !name.startsWith('Secret ')));
      const found = problems({ ...room, cases });
      for (const problem of ['Secret has no minimal case', 'Secret has no maximal case', 'new Secret is used by no case'])
        assert.ok(found.includes(problem), problem);
    });

    test('are missed where a prop is set by none', () => {
      const found = problems({ ...room, cases: { ...room.cases, 'Secret maximal': room.cases['Secret minimal'] } });
      assert.ok(found.includes('SecretProps.description is used by no case'), found.join('\n'));
    });

    test('may leave out nothing that is not there, or that is used', () => {
      const found = problems({ ...room, left: { ...room.left, 'SecretProps.colour': 'planted', 'SecretProps.description': 'planted' } });
      assert.deepEqual(found, [
        'SecretProps.colour is left out, and there is no such thing',
        'SecretProps.description is left out, and yet used',
      ]);
    });
  });

for (const room of [aws, gcp]) {
  const { cloud } = room;
  const place = cloud === 'gcp' ? { project: 'acme-ml-dev', region: 'europe-west4' } : {};
  const secret = (props) => (context) => void new context[cloud].Secret(context.stack, 'Token', { ...place, ...props });

  describe(`a minimal declaration of ${cloud}`, () => {
    test('is told from one that sets more than it has to', () => {
      const cases = { ...room.cases, 'Secret minimal': secret({ description: 'more' }) };
      assert.deepEqual(problems({ ...room, cases }), ['Secret minimal sets SecretProps.description, which may be left out']);
    });
  });

  describe(`a prop of ${cloud} that changes nothing`, () => {
    const found = (of) => ignored(of, join(out, 'ignored'), all(of));

    test('is found', () => {
      assert.deepEqual(found(only(room, ['Secret maximal', secret({ environment: 'dev' })])), [
        'SecretProps.environment may be set or left out, and nothing changes',
      ]);
    });
    test('is not found where it changes something', () =>
      assert.deepEqual(found(only(room, ['Secret maximal', secret({ environment: 'prod' })])), []));
    test('may be named, but not one that does change something', () => {
      const of = only(room, ['Secret maximal', secret({ environment: 'prod' })]);
      assert.deepEqual(found({ ...of, idle: { 'SecretProps.environment': 'planted' } }), [
        'SecretProps.environment is said to change nothing, and does',
      ]);
    });
  });
}

describe('what is watched', () => {
  test('is called from outside only, and handed on as it is', () => {
    const { recorder } = declare(gcp, 'MlPlatform minimal', join(out, 'watched'));
    assert.deepEqual(
      [...recorder.used].sort(),
      [
        'GcpTarget.project',
        'GcpTarget.region',
        'MlPlatformProps.name',
        'MlPlatformProps.targets',
        'TargetsDeclaration.gcp',
        'new MlPlatform',
      ].sort(),
    );
  });
  test('leaves out a prop wherever it is', () => {
    const taken = [];
    class MlPlatform {
      constructor(_scope, _id, props) {
        taken.push(props);
      }
    }
    const room = new Recorder('gcp', 'SharedFileSystemDeclaration.size').watch({ MlPlatform });
    new room.MlPlatform(undefined, 'P', { name: 'p', storage: { shared: { a: { kind: 'posix', size: '1TiB' } } } });
    assert.deepEqual(taken, [{ name: 'p', storage: { shared: { a: { kind: 'posix' } } } }]);
  });
});

describe('Terraform over a construct', { skip: terraformVersion() ? false : 'SKIPPED: terraform is not installed' }, () => {
  const verdict = async (plant) => {
    const folder = mkdtempSync(join(out, 'planted-'));
    declare(azure, 'SecretVault minimal', folder).app.synth();
    const config = JSON.parse(readFileSync(join(stacksOf(folder)[0], 'cdk.tf.json'), 'utf8'));
    const [vault] = Object.values(config.resource.azurerm_key_vault);
    const [endpoint] = Object.keys(config.resource.azurerm_private_endpoint);
    plant(vault, `azurerm_private_endpoint.${endpoint}`);
    const { steps } = await runTerraform(config);
    const wrong = steps.find((s) => s.problem !== undefined);
    return wrong ? `${wrong.step}: ${wrong.problem.replace(/\s+/g, ' ')}` : steps.map((s) => s.step).join(', ');
  };

  test('applies it', async () => assert.equal(await verdict(() => {}), 'init, validate, plan, apply, empty plan, destroy'));
  for (const [fault, plant, finding] of [
    ['an unknown attribute', (vault) => (vault.colour = 'red'), /^validate: .*"colour"/],
    ['a missing required attribute', (vault) => delete vault.tenant_id, /^validate: .*Missing required argument.*tenant_id/],
    ['a dangling reference', (vault) => (vault.location = '${azurerm_key_vault.other.location}'), /^validate: .*undeclared resource/],
    ['a cycle', (vault, endpoint) => (vault.depends_on = [endpoint]), /^(validate|plan): .*Cycle/],
  ])
    test(`finds ${fault}`, async () => assert.match(await verdict(plant), finding));
});

describe("CDK's validator over a construct", () => {
  const verdict = (plant) => {
    const folder = mkdtempSync(join(out, 'planted-'));
    const app = aws.strictApp(folder);
    declare(aws, 'FeatureStore minimal', folder, { app });
    const find = (type) => app.node.findAll().find(({ cfnResourceType }) => cfnResourceType === type);
    plant(find('AWS::SageMaker::FeatureGroup'), find('AWS::S3::Bucket'));
    return findings(app, folder).join('\n');
  };

  test('finds nothing', () =>
    assert.equal(
      verdict(() => {}),
      '',
    ));
  for (const [fault, plant, finding] of [
    [
      'an unknown property',
      (group) => group.addPropertyOverride('Colour', 'red'),
      /^feature-store-minimal\/Listings\/Resource: .*'Colour'/,
    ],
    ['a missing required property', (group) => group.addPropertyDeletionOverride('EventTimeFeatureName'), /EventTimeFeatureName/],
    ['a dangling reference', (group) => group.addPropertyOverride('RoleArn', { Ref: 'Nobody' }), /'Nobody'/],
    ['what it only warns of', (_, bucket) => bucket.addPropertyOverride('AccessControl', 'PublicRead'), /deprecated.*\(W\d+\)/],
  ])
    test(`finds ${fault}`, () => assert.match(verdict(plant), finding));
});

describe('cfn-lint over a construct', { skip: missing ? `SKIPPED: ${missing}` : false }, () => {
  const failed = (plant) => {
    const folder = mkdtempSync(join(out, 'linted-'));
    declare(aws, 'Secret minimal', folder).app.synth();
    const file = join(folder, 'secret-minimal.template.json');
    const template = JSON.parse(readFileSync(file, 'utf8'));
    plant(Object.values(template.Resources).find(({ Type }) => Type === 'AWS::SecretsManager::Secret'));
    writeFileSync(file, JSON.stringify(template));
    return judge(folder);
  };

  test('finds nothing', () =>
    assert.equal(
      failed(() => {}),
      0,
    ));
  test('finds an unknown property', () =>
    assert.equal(
      failed((secret) => (secret.Properties.Colour = 'red')),
      1,
    ));
});
