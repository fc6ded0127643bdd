import { spawnSync } from 'child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { App, Stack } from 'aws-cdk-lib/core';
import { ISharedFileSystem, SharedFileSystem } from '../../lib/aws/file-system';
import { LambdaInference, LambdaInferenceProps } from '../../lib/aws/inference';
import { ISecret, Secret } from '../../lib/aws/secret';
import { ArtifactStore } from '../../lib/aws/storage';
import { GpuTrainingCluster, GpuTrainingClusterProps } from '../../lib/aws/training';
import { Accelerator, Access, Capacity, ContainerImage, FileSystemKind } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { ENV, Match, properties, refusals, statementsOf, synth } from './helper';

/** What is there to be mounted and read. */
interface World {
  readonly vpc: GpuTrainingClusterProps['vpc'];
  readonly posix: ISharedFileSystem;
  readonly fast: ISharedFileSystem;
  readonly theirs: ISharedFileSystem;
  readonly token: ISecret;
}

const IMAGE = ContainerImage.fromReference('123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/app:1.0');
const VPC = { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-a', 'subnet-b'] };

function worldOf(stack: Stack): World {
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', VPC);
  return {
    vpc,
    posix: new SharedFileSystem(stack, 'Posix', { kind: FileSystemKind.POSIX, vpc }),
    fast: new SharedFileSystem(stack, 'Fast', { kind: FileSystemKind.PARALLEL, vpc }),
    theirs: SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Theirs', {
      kind: FileSystemKind.PARALLEL,
      fileSystemId: 'fs-1',
      mountName: 'fsx',
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'TheirGroup', 'sg-1'),
    }),
    token: new Secret(stack, 'Token'),
  };
}

type Training = Partial<GpuTrainingClusterProps>;
const train = (stack: Stack, props: (world: World) => Training): GpuTrainingCluster => {
  const world = worldOf(stack);
  const artifacts = new ArtifactStore(stack, 'Artifacts');
  return new GpuTrainingCluster(stack, 'Train', { vpc: world.vpc, artifacts, image: IMAGE, accelerator: Accelerator.L4, ...props(world) });
};
const training = (props: (world: World) => Training) => synth((stack) => void train(stack, props));
const container = (template: Template) =>
  (properties(template, 'AWS::Batch::JobDefinition') as unknown as { ContainerProperties: { [name: string]: unknown } })
    .ContainerProperties;
const templatesOf = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::LaunchTemplate')).map((t) => t.Properties.LaunchTemplateData);
const subnetsOf = (template: Template) =>
  Object.values(template.findResources('AWS::Batch::ComputeEnvironment')).map((c) => c.Properties.ComputeResources.Subnets);
const report = (make: (stack: Stack) => void, prop: string) => {
  let found: object[] = [];
  synth((stack) => {
    make(stack);
    found = parity.report(stack).filter((e) => e.path.endsWith(`.${prop}`));
  });
  return found;
};

describe('a training job', () => {
  test('mounts EFS by ECS, with TLS and the permission of the job', () => {
    const template = training(({ posix }) => ({ mounts: { '/mnt/scratch': posix } }));
    expect(container(template)).toMatchObject({
      Volumes: [
        {
          Name: 'mount-0',
          EfsVolumeConfiguration: {
            FileSystemId: { Ref: expect.stringMatching(/^Posix/) },
            TransitEncryption: 'ENABLED',
            AuthorizationConfig: { AccessPointId: { Ref: expect.stringMatching(/^PosixAccessPoint/) }, Iam: 'ENABLED' },
          },
        },
      ],
      MountPoints: [{ SourceVolume: 'mount-0', ContainerPath: '/mnt/scratch' }],
    });
    expect(statementsOf(template, 'TrainJobRole').map((s) => s.Action)).toContainEqual([
      'elasticfilesystem:ClientMount',
      'elasticfilesystem:ClientWrite',
    ]);
    for (const { UserData } of templatesOf(template)) expect(UserData).toBeUndefined();
  });

  test('waits for mount targets, and its machines are let in', () => {
    const template = training(({ posix }) => ({ mounts: { '/mnt/scratch': posix } }));
    template.hasResource('AWS::Batch::JobDefinition', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^PosixEfsMountTarget')]) });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 2049,
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PosixSecurityGroup'), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainSecurityGroup'), 'GroupId'] },
    });
  });

  test('gets Lustre from its machine, whichever link of the chain it came from', () => {
    const template = training(({ fast }) => ({ mounts: { '/mnt/fast': fast } }));
    expect(container(template)).toMatchObject({
      Volumes: [{ Name: 'mount-0', Host: { SourcePath: '/mnt/fast' } }],
      MountPoints: [{ SourceVolume: 'mount-0', ContainerPath: '/mnt/fast' }],
    });
    expect(templatesOf(template)).toHaveLength(2);
    for (const { UserData } of templatesOf(template)) expect(textOf(UserData)).toContain('mount -t lustre -o noatime,flock <Fast');
  });

  test('runs in the zone of the Lustre file system', () => {
    expect(subnetsOf(training(({ fast }) => ({ mounts: { '/mnt/fast': fast } })))).toEqual([['subnet-a'], ['subnet-a']]);
    expect(subnetsOf(training(({ theirs }) => ({ mounts: { '/mnt/fast': theirs } })))).toEqual([
      ['subnet-a', 'subnet-b'],
      ['subnet-a', 'subnet-b'],
    ]);
  });

  test('runs where its reservation is, or where it was put, all the same', () => {
    const reserved = training(({ fast }) => ({
      mounts: { '/mnt/fast': fast },
      capacity: [Capacity.RESERVATION],
      reservation: 'cr-0123456789abcdef0',
    }));
    expect(subnetsOf(reserved)).toEqual([['subnet-a', 'subnet-b']]);
    const chosen = training(({ fast, vpc }) => ({
      mounts: { '/mnt/fast': fast },
      capacity: [Capacity.ON_DEMAND],
      vpcSubnets: { subnets: [vpc!.privateSubnets[1]] },
    }));
    expect(subnetsOf(chosen)).toEqual([['subnet-b']]);
  });

  test('gets secrets by reference, which the role that starts it may read', () => {
    const template = training(({ token }) => ({ secrets: { HF_TOKEN: token } }));
    expect(container(template).Secrets).toEqual([{ Name: 'HF_TOKEN', ValueFrom: { Ref: expect.stringMatching(/^Token/) } }]);
    const read = {
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      Resource: { Ref: expect.stringMatching(/^Token/) },
    };
    expect(statementsOf(template, 'TrainExecutionRole')).toContainEqual({ Effect: 'Allow', ...read });
    expect(JSON.stringify(statementsOf(template, 'TrainJobRole'))).not.toContain('secretsmanager');
  });

  test('of a gang has the same mounts and secrets', () => {
    const template = training(({ posix, fast, token }) => ({
      accelerator: Accelerator.A100_80GB,
      acceleratorCount: 8,
      nodesPerJob: 2,
      command: ['train'],
      mounts: { '/mnt/a': posix, '/mnt/b': fast },
      secrets: { HF_TOKEN: token },
    }));
    const { NodeProperties } = properties(template, 'AWS::Batch::JobDefinition') as unknown as {
      NodeProperties: { NodeRangeProperties: { Container: object }[] };
    };
    expect(NodeProperties.NodeRangeProperties[0].Container).toMatchObject({
      MountPoints: [{ ContainerPath: '/mnt/a' }, { ContainerPath: '/mnt/b' }],
      Secrets: [{ Name: 'HF_TOKEN' }],
    });
  });

  test('says what became of them', () => {
    const made = (stack: Stack) =>
      void train(stack, ({ posix, fast, token }) => ({ mounts: { '/mnt/a': posix, '/mnt/b': fast }, secrets: { HF_TOKEN: token } }));
    expect(report(made, 'mounts')).toMatchObject([
      { kind: 'mapped', became: '/mnt/a: EFS volume of the job, with TLS and IAM; /mnt/b: Lustre, mounted by the machine' },
    ]);
    expect(report(made, 'secrets')).toMatchObject([{ kind: 'mapped', became: 'HF_TOKEN from Secrets Manager, read when a job starts' }]);
  });

  test('refuses other folders, and variables that are taken', () => {
    expect(
      refusals(() =>
        training(({ posix, token }) => ({
          mounts: { '/data': posix, '/mnt/..': posix },
          env: { SEED: '1' },
          secrets: { SEED: token, 'HF-TOKEN': token, ML_DATA_URI: token },
        })),
      ),
    ).toEqual([
      ...['/data', '/mnt/..'].map((value) => ({
        code: 'syntax',
        prop: 'mounts',
        value,
        reason: 'file systems are mounted in a folder of /mnt',
        instead: 'write a path such as /mnt/scratch',
      })),
      { code: 'conflict', prop: 'secrets.SEED', reason: 'env sets this variable, too', instead: 'leave it out of one of them' },
      {
        code: 'name',
        prop: 'secrets.HF-TOKEN',
        reason: 'a variable is named by letters, digits and underscores, no digit first',
        instead: 'write a name such as HF_TOKEN',
      },
      {
        code: 'conflict',
        prop: 'secrets.ML_DATA_URI',
        reason: 'the platform sets this variable itself',
        instead: 'choose another name',
      },
    ]);
  });
});

test('a cluster of another stack mounts and reads what this one has', () => {
  const app = new App();
  const ours = new Stack(app, 'Ours', { env: ENV });
  const theirs = new Stack(app, 'Theirs', { env: ENV });
  const { vpc, posix, fast, token } = worldOf(ours);
  new GpuTrainingCluster(theirs, 'Train', {
    vpc,
    artifacts: new ArtifactStore(ours, 'Artifacts'),
    image: IMAGE,
    accelerator: Accelerator.L4,
    mounts: { '/mnt/a': posix, '/mnt/b': fast },
    secrets: { HF_TOKEN: token },
  });
  expect(() => app.synth()).not.toThrow();
  Template.fromStack(theirs).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 2049 });
});

describe('a machine that mounts Lustre', () => {
  const text = () => textOf(templatesOf(training(({ theirs }) => ({ mounts: { '/mnt/fast': theirs } })))[0].UserData);
  /** Runs the script of the user data with stand-ins for what it calls. */
  const boot = (programs: { readonly [name: string]: string }) => {
    const bin = mkdtempSync(join(tmpdir(), 'boot-'));
    const calls = join(bin, 'calls');
    writeFileSync(calls, '');
    for (const [name, body] of Object.entries({ sleep: ':', dnf: ':', mkdir: ':', mount: ':', chmod: ':', shutdown: ':', ...programs })) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const script = /(#!\/bin\/bash[\s\S]*?)\n\n--/.exec(text().replace('<AWS::URLSuffix>', 'amazonaws.com'))![1];
    const { status } = spawnSync('/bin/bash', ['--norc', '-c', script], { env: { PATH: `${bin}:${process.env.PATH}` } });
    return { status, calls: readFileSync(calls, 'utf8').trim().split('\n') };
  };

  test('is told so in the only format that Batch takes', () => {
    expect(text()).toMatch(
      /^MIME-Version: 1.0\nContent-Type: multipart\/mixed; boundary="==MOUNTS=="\n\n--==MOUNTS==\nContent-Type: text\/x-shellscript/,
    );
    expect(text()).toMatch(/\n--==MOUNTS==--\n$/);
  });

  test('mounts it before it joins the cluster, for programs of whatever user', () => {
    const { status, calls } = boot({});
    expect(status).toBe(0);
    expect(calls).toEqual([
      'dnf install -y lustre-client',
      'mkdir -p /mnt/fast',
      'mount -t lustre -o noatime,flock fs-1.fsx.eu-west-1.amazonaws.com@tcp:/fsx /mnt/fast',
      'chmod 1777 /mnt/fast',
    ]);
  });

  test('tries again where the file system does not answer yet', () => {
    const { status, calls } = boot({ mount: '[ -e "$(dirname "$0")/seen" ] || { : > "$(dirname "$0")/seen"; exit 1; }' });
    expect(status).toBe(0);
    expect(calls.filter((c) => c.startsWith('mount'))).toHaveLength(2);
    expect(calls.some((c) => c.startsWith('shutdown'))).toBe(false);
  });

  test('goes away if it cannot, so that no job sees an empty folder', () => {
    const { status, calls } = boot({ mount: 'exit 1' });
    expect(status).not.toBe(0);
    expect(calls[calls.length - 1]).toBe('shutdown -h now');
  });
});

describe('a service on Lambda', () => {
  type Serving = Partial<LambdaInferenceProps>;
  const serve = (stack: Stack, props: (world: World) => Serving) => {
    const world = worldOf(stack);
    return new LambdaInference(stack, 'Predict', { access: Access.AUTHENTICATED, vpc: world.vpc, image: IMAGE, ...props(world) });
  };
  const serving = (props: (world: World) => Serving) => synth((stack) => void serve(stack, props));

  test('mounts EFS through the access point, with no more permission than that', () => {
    const template = serving(({ posix }) => ({ mounts: { '/mnt/scratch': posix } }));
    expect(properties(template, 'AWS::Lambda::Function', 'Predict').FileSystemConfigs).toEqual([
      {
        Arn: { 'Fn::Join': ['', expect.arrayContaining([{ Ref: expect.stringMatching(/^PosixAccessPoint/) }])] },
        LocalMountPath: '/mnt/scratch',
      },
    ]);
    expect(statementsOf(template, 'PredictRole')).toContainEqual(
      expect.objectContaining({
        Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Posix/), 'Arn'] },
      }),
    );
    template.hasResource('AWS::Lambda::Function', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^PosixEfsMountTarget')]) });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 2049 });
  });

  test('is told which secret to read, and may read it', () => {
    const template = serving(({ token }) => ({ secrets: { HF_TOKEN: token } }));
    const { Variables } = properties(template, 'AWS::Lambda::Function', 'Predict').Environment as {
      Variables: { [name: string]: unknown };
    };
    expect(Variables).toMatchObject({ HF_TOKEN_SECRET_ARN: { Ref: expect.stringMatching(/^Token/) } });
    expect(Variables).not.toHaveProperty('HF_TOKEN');
    expect(statementsOf(template, 'PredictRole')).toContainEqual({
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      Resource: { Ref: expect.stringMatching(/^Token/) },
    });
  });

  test('never has a value in its configuration', () => {
    expect(JSON.stringify(serving(({ token }) => ({ secrets: { HF_TOKEN: token } })).toJSON())).not.toContain('{{resolve:');
  });

  test('says what became of them', () => {
    const made = (stack: Stack) => void serve(stack, ({ posix, token }) => ({ mounts: { '/mnt/a': posix }, secrets: { HF_TOKEN: token } }));
    expect(report(made, 'mounts')).toMatchObject([{ kind: 'mapped', became: '/mnt/a: EFS access point, with TLS and IAM' }]);
    expect(report(made, 'secrets')).toMatchObject([
      {
        kind: 'approximated',
        became: 'HF_TOKEN_SECRET_ARN and permission to read',
        reason: 'Lambda hands no secrets to containers; the program reads the value from Secrets Manager when it starts',
      },
    ]);
  });

  test('refuses Lustre, a second file system, and one without a network', () => {
    expect(refusals(() => serving(({ posix, fast }) => ({ mounts: { '/mnt/a': posix, '/mnt/fast': fast }, vpc: undefined })))).toEqual([
      {
        code: 'limit',
        prop: 'mounts',
        value: ['/mnt/a', '/mnt/fast'],
        reason: 'Lambda mounts one file system',
        instead: 'leave the others out',
      },
      {
        code: 'missing',
        prop: 'vpc',
        value: undefined,
        reason: 'a file system is mounted in a network, and none is given',
        instead: 'give the vpc of the file system',
      },
      {
        code: 'unsupported',
        prop: 'mounts',
        value: '/mnt/fast',
        reason: 'Lambda mounts EFS only',
        instead: 'write a file system of kind posix, or read from the artifact store',
      },
    ]);
  });

  test('refuses a secret whose variable Lambda does not take', () => {
    expect(refusals(() => serving(({ token }) => ({ secrets: { _TOKEN: token } })))).toEqual([
      {
        code: 'name',
        prop: 'secrets._TOKEN',
        reason: 'Lambda gets it as _TOKEN_SECRET_ARN, and takes no name that begins with _',
        instead: 'take another name',
      },
    ]);
  });

  test('refuses a secret that env sets, too', () => {
    expect(refusals(() => serving(({ token }) => ({ env: { HF_TOKEN: 'x' }, secrets: { HF_TOKEN: token } })))).toEqual([
      { code: 'conflict', prop: 'secrets.HF_TOKEN', reason: 'env sets this variable, too', instead: 'leave it out of one of them' },
    ]);
  });
});

/** User data as text, with references as `<Name>`. */
function textOf(userData: unknown): string {
  const joined = (userData as { 'Fn::Base64': string | { 'Fn::Join': [string, (string | { Ref?: string; 'Fn::GetAtt'?: string[] })[]] } })[
    'Fn::Base64'
  ];
  if (typeof joined === 'string') return joined;
  return joined['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : `<${part.Ref ?? part['Fn::GetAtt']!.join('.')}>`)).join('');
}
