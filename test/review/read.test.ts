import { App, CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { read, readPair } from '../../lib/review/read';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file below the folder; hands back where. */
function put(name: string, content: unknown): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
/** What is said about a path, with the folder left out. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    expect((e as Error).name).toBe('ReviewError');
    return (e as Error).message.replaceAll(`${folder}/`, '').replaceAll(folder, 'FOLDER');
  }
  throw new Error('nothing was refused');
}

const BUCKET = { Type: 'AWS::S3::Bucket', Metadata: { 'aws:cdk:path': 'app/Store/Resource' } };
const TEMPLATE = { Resources: { Store1: BUCKET } };
const SERVICE = { '//': { metadata: { path: 'app-gcp/Predict/Resource', uniqueId: 'x' } }, location: 'europe-west4' };
const TERRAFORM = {
  '//': { metadata: { stackName: 'app-gcp', version: '0.21.0' } },
  provider: { google: [{ project: 'p' }] },
  resource: { google_cloud_run_v2_service: { Predict: SERVICE } },
};
const CDK_MANIFEST = {
  version: '55.0.0',
  artifacts: { app: { type: 'aws:cloudformation:stack', properties: { templateFile: 'app.template.json' } } },
};
const CDKTF_MANIFEST = { version: '0.21.0', stacks: { 'app-gcp': { synthesizedStackPath: 'stacks/app-gcp/cdk.tf.json' } } };

function putCdk(under = ''): void {
  put(join(under, 'manifest.json'), CDK_MANIFEST);
  put(join(under, 'app.template.json'), TEMPLATE);
}
function putCdktf(under = ''): void {
  put(join(under, 'manifest.json'), CDKTF_MANIFEST);
  put(join(under, 'stacks/app-gcp/cdk.tf.json'), TERRAFORM);
}

const CFN = expect.objectContaining({
  kind: 'cloudformation',
  cloud: 'aws',
  stack: 'app',
  body: TEMPLATE,
  paths: new Map([['Store1', 'app/Store/Resource']]),
});
const TF = expect.objectContaining({
  kind: 'terraform',
  cloud: 'gcp',
  stack: 'app-gcp',
  paths: new Map([['google_cloud_run_v2_service.Predict', 'app-gcp/Predict/Resource']]),
});

describe('reads', () => {
  test('a folder of mlops synth: both outputs', () => {
    putCdk('cdk.out');
    putCdktf('cdktf.out');
    expect(read(folder)).toEqual([CFN, TF]);
  });

  test('a cdk.out, its manifest, its template', () => {
    putCdk();
    for (const path of [folder, join(folder, 'manifest.json'), join(folder, 'app.template.json')]) expect(read(path)).toEqual([CFN]);
  });

  test('a cdktf.out, with and without its manifest, the folder of a stack, and its file', () => {
    putCdktf();
    expect(read(folder)).toEqual([TF]);
    rmSync(join(folder, 'manifest.json'));
    for (const path of ['', 'stacks/app-gcp', 'stacks/app-gcp/cdk.tf.json']) expect(read(join(folder, path))).toEqual([TF]);
  });

  test("Terraform without cdktf's notes, and in any form that Terraform allows", () => {
    putCdktf();
    expect(read(folder)[0].body).toEqual({
      provider: TERRAFORM.provider,
      resource: { google_cloud_run_v2_service: { Predict: { location: 'europe-west4' } } },
    });
    const lists = put('lists.tf.json', { resource: [{ null_resource: [{ a: [{ x: 1 }] }] }, { null_resource: { b: {} } }] });
    expect(read(lists)).toMatchObject([
      { stack: 'lists', cloud: 'terraform', body: { resource: { null_resource: { a: { x: 1 }, b: {} } } } },
    ]);
  });

  test.each([
    [{ resource: { azurerm_x: { a: {} }, random_id: { b: {} } } }, 'azure'],
    [{ resource: { azurerm_x: { a: {} }, google_x: { b: {} } } }, 'terraform'],
    [{ provider: { google: {} }, resource: { terraform_data: { b: {} } } }, 'gcp'],
    [{ resource: { aws_s3_bucket: { a: {} } } }, 'terraform'],
  ])('the cloud off %j', (body, cloud) => {
    expect(read(put('x.tf.json', body))).toMatchObject([{ cloud }]);
  });

  test('a template in YAML, with short intrinsics', () => {
    const file = put(
      'site.yaml',
      `AWSTemplateFormatVersion: 2010-09-09
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Condition: IsProd
    Properties:
      Role: !GetAtt Role.Arn
      Name: !Sub "\${AWS::StackName}-x"
      Size: !If [IsProd, !Ref Big, 128]
      Key: !ImportValue { "Fn::Sub": x }
`,
    );
    expect(read(file)).toMatchObject([{ kind: 'cloudformation', stack: 'site' }]);
    expect(read(file)[0].body.Resources).toEqual({
      Fn: {
        Type: 'AWS::Lambda::Function',
        Condition: 'IsProd',
        Properties: {
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Name: { 'Fn::Sub': '${AWS::StackName}-x' },
          Size: { 'Fn::If': ['IsProd', { Ref: 'Big' }, 128] },
          Key: { 'Fn::ImportValue': { 'Fn::Sub': 'x' } },
        },
      },
    });
  });

  test('what the CDK really writes: stages, nested stacks, stacks of one name, paths from the metadata of the manifest', () => {
    const app = new App({ outdir: folder, context: { 'aws:cdk:enable-path-metadata': false } });
    const stage = new Stage(app, 'Prod');
    const stack = new Stack(stage, 'Main');
    new CfnResource(new NestedStack(stack, 'Inner'), 'Queue', { type: 'AWS::SQS::Queue' });
    for (const region of ['eu-west-1', 'us-east-1'])
      new CfnResource(new Stack(app, region, { stackName: 'twin', env: { region } }), 'Topic', { type: 'AWS::SNS::Topic' });
    app.synth();
    const found = read(folder);
    expect(found.map((s) => s.stack).sort()).toEqual([
      'Prod-Main',
      expect.stringMatching(/^Prod-Main\/InnerNestedStack/),
      'twin in unknown-account/eu-west-1',
      'twin in unknown-account/us-east-1',
    ]);
    expect([...found.find((s) => s.stack.endsWith('eu-west-1'))!.paths]).toContainEqual(['Topic', 'eu-west-1/Topic']);
    expect(Object.values(found.find((s) => s.stack.includes('/'))!.body.Resources!)).toMatchObject([{ Type: 'AWS::SQS::Queue' }]);
  });
});

describe('refuses', () => {
  test('what is not there', () => {
    expect(refusal(() => read(join(folder, 'nowhere')))).toBe('There is no nowhere.');
  });

  test('a folder that is neither, and says what it holds', () => {
    const known =
      'a folder written by mlops synth, a cdk.out, a cdktf.out, the folder of one stack, a CloudFormation template or a cdk.tf.json';
    expect(refusal(() => read(folder))).toBe(`FOLDER is none of these: ${known}. It is empty.`);
    put('a.txt', '');
    expect(refusal(() => read(folder))).toBe(`FOLDER is none of these: ${known}. It holds a.txt.`);
    put('app.template.json', TEMPLATE);
    expect(refusal(() => read(folder))).toBe('FOLDER has templates, but no manifest.json. Synthesize it again, or name one template.');
  });

  test.each([
    [
      'cut.template.json',
      JSON.stringify(TEMPLATE, null, 2).slice(0, 60),
      'cut.template.json:4:26: this is not JSON: the file ends in the middle, as if it had been cut off. Synthesize it again.',
    ],
    ['empty.json', '', 'empty.json:1:1: this is not JSON: the file ends in the middle, as if it had been cut off. Synthesize it again.'],
    ['list.json', '[]', 'list.json holds a list, where an object is expected.'],
    ['nothing.yaml', '# only this', 'nothing.yaml holds nothing, where an object is expected.'],
    ['twice.yaml', 'Resources:\n  A: {}\n  A: {}\n', 'twice.yaml:3:3: this is not YAML: Map keys must be unique'],
    ['alias.yaml', 'a: &x 1\nb: *x\n', 'alias.yaml:2:4: this is not YAML: CloudFormation knows no aliases. Write the value out.'],
  ])('%s, with the place', (name, content, message) => {
    expect(refusal(() => read(put(name, content)))).toBe(message);
  });

  test.each([
    [{ name: 'x', targets: {} }, / It is a declaration: compare it with mlops diff --base GIT_REF x\.json\.$/],
    [
      { format_version: '1.2', resource_changes: [] },
      / It is what terraform show -json writes: name it with --plan, beside the two revisions\.$/,
    ],
    [{ version: 4, lineage: 'x', resources: [] }, / It is the state of Terraform, which says what is deployed and not what is declared\.$/],
    [{ any: 1 }, /^x\.json is none of these: .*cdk\.tf\.json\.$/],
    [
      { AWSTemplateFormatVersion: '2030-01-01', Resources: {} },
      /^x\.json is a template of version "2030-01-01"; CloudFormation knows 2010-09-09 only\.$/,
    ],
    [{ AWSTemplateFormatVersion: '2010-09-09', Resources: { A: { Properties: {} } } }, /^x\.json: the resource A has no Type\.$/],
    [
      { Resources: { A: BUCKET, 'Fn::ForEach::B': [] } },
      /^x\.json: Fn::ForEach::B is expanded by CloudFormation only, so that its resources cannot be compared here\.$/,
    ],
    [{ resource: { a_b: { c: [{}, {}] } } }, /^x\.json: a_b\.c is not one block\.$/],
    [
      { ...TERRAFORM, '//': { metadata: { version: '2.0.0' } } },
      /^x\.json was written by CDKTF 2\.0\.0; this mlops diff reads the output of 0\.x\. Install a newer mlops-constructs\.$/,
    ],
  ])('%j', (content, message) => {
    expect(refusal(() => read(put('x.json', content)))).toMatch(message);
  });

  test.each([
    [
      '999.0.0',
      /^manifest\.json has schema version 999\.0\.0; this mlops diff reads versions 1 to \d+\. Install a newer mlops-constructs, or name one template of the folder\.$/,
    ],
    [
      '0.33.0',
      /^manifest\.json has schema version 0\.33\.0; .* Synthesize it with a current aws-cdk-lib, or name one template of the folder\.$/,
    ],
    [undefined, /^manifest\.json names no version of its schema; /],
  ])('an assembly of version %s', (version, message) => {
    put('manifest.json', { ...CDK_MANIFEST, version });
    expect(refusal(() => read(folder))).toMatch(message);
  });

  test('output of another CDKTF, a manifest of something else, and folders without a stack', () => {
    put('manifest.json', { ...CDKTF_MANIFEST, version: '1.0.0' });
    expect(refusal(() => read(folder))).toMatch(/^manifest\.json was written by CDKTF 1\.0\.0; /);
    put('manifest.json', { name: 'a web app' });
    expect(refusal(() => read(folder))).toBe('manifest.json is the manifest of neither the CDK nor CDKTF.');
    for (const empty of [{ version: '55.0.0' }, { version: '0.21.0', stacks: {} }]) {
      put('manifest.json', empty);
      expect(refusal(() => read(folder))).toBe('FOLDER holds no stack.');
    }
  });

  test('a manifest that names something outside of its folder', () => {
    for (const file of ['../../etc/x.json', '/etc/../../x.json']) {
      put('out/manifest.json', {
        version: '55.0.0',
        artifacts: { app: { type: 'aws:cloudformation:stack', properties: { templateFile: '../secret.json' } } },
      });
      expect(refusal(() => read(join(folder, 'out')))).toBe('out/manifest.json names "../secret.json", which is not in the folder.');
      put('out/manifest.json', { version: '0.21.0', stacks: { a: { synthesizedStackPath: file } } });
      expect(() => read(join(folder, 'out'))).toThrow(/which is not in the folder|There is no/);
    }
  });

  test('a template of 50 MB, at once', () => {
    const file = put('big.template.json', JSON.stringify(TEMPLATE));
    truncateSync(file, 50 * 1024 * 1024);
    const start = performance.now();
    expect(refusal(() => read(file))).toBe(
      'big.template.json has 50 MB; mlops diff reads JSON up to 32 MB. CloudFormation takes 1 MB a template: divide it into several stacks.',
    );
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('a pair', () => {
  test('of two files is compared whatever they are called', () => {
    const pair = readPair(put('base.json', TEMPLATE), put('head.json', TEMPLATE));
    expect([pair.before[0].stack, pair.after[0].stack]).toEqual(['head', 'head']);
  });

  test('of a file and a folder with one stack is compared too; of two folders by name only', () => {
    putCdk('a');
    const file = put('deployed.json', TEMPLATE);
    expect(readPair(file, join(folder, 'a')).before[0].stack).toBe('app');
    put('b/manifest.json', { ...CDK_MANIFEST, artifacts: { other: CDK_MANIFEST.artifacts.app } });
    put('b/app.template.json', TEMPLATE);
    expect(readPair(join(folder, 'a'), join(folder, 'b')).before[0].stack).toBe('app');
  });

  test('of different kinds has nothing in common', () => {
    expect(refusal(() => readPair(put('a.json', TEMPLATE), put('b.tf.json', TERRAFORM)))).toBe(
      'a.json holds CloudFormation and b.tf.json Terraform: there is nothing to compare.',
    );
  });
});

test('the newest schema that is read is the one that our own aws-cdk-lib writes', () => {
  new App({ outdir: folder }).synth();
  expect(readFileSync(join(__dirname, '../../lib/review/read/cloudformation.ts'), 'utf8')).toContain(
    `NEWEST_ASSEMBLY = ${parseInt(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).version, 10)};`,
  );
});
