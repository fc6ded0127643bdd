import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import { ISecret, Secret, SecretProps } from '../../lib/aws/secret';
import { Environment } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { Match, properties, refusals, statementsOf, synth } from './helper';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-AbCd12';
const secret = (props?: SecretProps) => synth((stack) => void new Secret(stack, 'Token', props));
const readBy = (make: (stack: Stack) => ISecret) =>
  statementsOf(
    synth(
      (stack) => void make(stack).grants.read(new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') })),
    ),
    'Reader',
  );

describe('Secret', () => {
  test('has no value, neither given nor thought up', () => {
    expect(Object.keys(properties(secret(), 'AWS::SecretsManager::Secret'))).toEqual(['Description']);
  });

  test('has no name, which would stay taken for a month after its deletion', () => {
    secret().hasResourceProperties('AWS::SecretsManager::Secret', { Name: Match.absent() });
  });

  test.each([
    [Environment.DEV, 'Delete'],
    [Environment.STAGING, 'Delete'],
    [Environment.PROD, 'Retain'],
  ])('in %s, when its stack goes: %s', (environment, policy) => {
    secret({ environment }).hasResource('AWS::SecretsManager::Secret', { DeletionPolicy: policy, UpdateReplacePolicy: policy });
  });

  test('prints the command that puts the value from standard input', () => {
    const template = secret({ description: 'token of the hub' });
    template.hasOutput('*', {
      Description: 'Puts the value (token of the hub): run it, paste the value, press Enter and Ctrl-D',
      Value: {
        'Fn::Join': [
          '',
          [
            'printf %s "$(cat)" | aws secretsmanager put-secret-value --region eu-west-1 --secret-id ',
            { Ref: Match.anyValue() },
            ' --secret-string file:///dev/stdin',
          ],
        ],
      },
    });
  });

  test('lets a reader read this secret', () => {
    expect(readBy((stack) => new Secret(stack, 'Token'))).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: { Ref: expect.stringMatching(/^Token/) },
      },
    ]);
  });

  test('takes a key of yours, which readers may use', () => {
    const template = synth((stack) => {
      const token = new Secret(stack, 'Token', { encryptionKey: new Key(stack, 'Key') });
      token.grants.read(new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:Decrypt',
            Principal: { AWS: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Reader'), 'Arn'] } },
            Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
          }),
        ]),
      },
    });
  });

  test('refuses a description that is too long', () => {
    expect(refusals(() => secret({ description: 'x'.repeat(2_049) }))).toEqual([
      {
        code: 'limit',
        prop: 'description',
        value: 2_049,
        reason: 'Secrets Manager takes 2,048 characters of description',
        instead: 'write a shorter one',
      },
    ]);
  });

  test('says what became of it', () => {
    synth((stack) => {
      new Secret(stack, 'Token');
      expect(parity.report(stack)[0]).toMatchObject({ kind: 'mapped', became: 'secret in Secrets Manager, its value put by a command' });
    });
  });
});

describe('a secret that exists already', () => {
  test('is read, and not made', () => {
    const template = synth((stack) => {
      const theirs = Secret.fromSecretAttributes(stack, 'Theirs', { secretArn: ARN });
      expect(theirs.secretArn).toBe(ARN);
      expect(theirs.putCommand).toBe(
        `printf %s "$(cat)" | aws secretsmanager put-secret-value --region eu-west-1 --secret-id ${ARN} --secret-string file:///dev/stdin`,
      );
    });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(readBy((stack) => Secret.fromSecretAttributes(stack, 'Theirs', { secretArn: ARN }))[0].Resource).toBe(ARN);
  });

  test('is decrypted by readers, where a key of yours has a policy that cannot be changed here', () => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';
    const make = (stack: Stack) =>
      Secret.fromSecretAttributes(stack, 'Theirs', { secretArn: ARN, encryptionKey: Key.fromKeyArn(stack, 'Key', key) });
    expect(readBy(make)[1]).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: key,
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    });
  });

  test('is named by its whole ARN', () => {
    const short = ARN.replace('-AbCd12', '');
    expect(refusals(() => synth((stack) => void Secret.fromSecretAttributes(stack, 'Theirs', { secretArn: short })))).toEqual([
      {
        code: 'syntax',
        prop: 'secretArn',
        value: short,
        reason: 'not the whole ARN of a secret',
        instead: 'write the ARN with the six characters at its end, as aws secretsmanager describe-secret shows it',
      },
    ]);
  });
});
