import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, ISecret as ISecretsManagerSecret, Secret as SecretsManagerSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnOutput, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ISecretBase, SecretBaseProps } from '../core';
import { parity } from '../core/parity';
import { acknowledge } from './private/acknowledge';
import { removalOf } from './private/logs';
import { checksOf } from './private/scope';

/** A secret in Secrets Manager. */
export interface ISecret extends ISecretBase {
  /** The secret of Secrets Manager. */
  readonly secretsManagerSecret: ISecretsManagerSecret;
  /** Its ARN. */
  readonly secretArn: string;
  /** Permissions on the secret. */
  readonly grants: SecretGrants;
}

/** What a secret on AWS takes. */
export interface SecretProps extends SecretBaseProps {
  /**
   * Key that the value is encrypted with.
   *
   * @default - the account's key for Secrets Manager (`aws/secretsmanager`)
   */
  readonly encryptionKey?: IKey;
}

/** What is known of a secret that exists already. */
export interface SecretAttributes {
  /** ARN of the secret, with the six characters that Secrets Manager has put at its end. */
  readonly secretArn: string;
  /**
   * Key that its value is encrypted with, if it is one of your own.
   *
   * @default - the account's key for Secrets Manager
   */
  readonly encryptionKey?: IKey;
}

abstract class SecretBase extends Construct implements ISecret {
  public abstract readonly secretsManagerSecret: ISecretsManagerSecret;
  public abstract readonly grants: SecretGrants;

  public get secretArn(): string {
    return this.secretsManagerSecret.secretArn;
  }

  /** Not on the command line, where others on the machine could see it; without the newline that ends what is typed. */
  public get putCommand(): string {
    const { region } = Stack.of(this);
    return `printf %s "$(cat)" | aws secretsmanager put-secret-value --region ${region} --secret-id ${this.secretArn} --secret-string file:///dev/stdin`;
  }
}

/**
 * A value that training jobs, services and servers get, and that no template, output or log holds.
 *
 * Defines a secret of Secrets Manager without a value. Somebody puts it once, with the command that the deployment prints; the command
 * reads it from standard input. Until then whatever needs it does not start, and says why.
 *
 * Pass it as `secrets` to a `GpuTrainingCluster` or a `LambdaInference`, which gives them permission to read it. A new value reaches programs
 * when they start next. A secret costs 0.40 USD a month.
 *
 * @example
 * declare const vpc: ec2.IVpc;
 * const token = new aws.Secret(this, 'HuggingFace', { description: 'token of the Hugging Face hub' });
 * new aws.GpuTrainingCluster(this, 'Train', {
 *   vpc,
 *   image: ContainerImage.fromReference('ghcr.io/acme/train:1.4'),
 *   accelerator: Accelerator.L4,
 *   secrets: { HF_TOKEN: token },
 * });
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
export class Secret extends SecretBase {
  /** A secret that exists already. */
  public static fromSecretAttributes(scope: Construct, id: string, attrs: SecretAttributes): ISecret {
    return new ImportedSecret(scope, id, attrs);
  }

  public readonly secretsManagerSecret: ISecretsManagerSecret;
  public readonly grants: SecretGrants;

  public constructor(scope: Construct, id: string, props: SecretProps = {}) {
    super(scope, id);
    const checks = checksOf(this, 'aws.Secret');
    const length = props.description?.length ?? 0;
    checks.require(
      length <= 2_048,
      'limit',
      'description',
      length,
      'Secrets Manager takes 2,048 characters of description',
      'write a shorter one',
    );
    checks.done();

    // No name of its own: Secrets Manager keeps the name of a deleted secret for up to a month.
    const secret = new SecretsManagerSecret(this, 'Resource', {
      description: props.description ?? `Secret of ${this.node.path}`,
      encryptionKey: props.encryptionKey,
      removalPolicy: removalOf(props.environment),
    });
    // The L2 would have a value generated, with which a program would start and then fail.
    (secret.node.defaultChild as CfnSecret).generateSecretString = undefined;
    acknowledge(secret, { SMG4: 'The value comes from outside the platform; whoever issued it has to issue the next.' });
    this.secretsManagerSecret = secret;
    this.grants = SecretGrants.of(secret);

    parity.mapped(this, 'aws', '', 'secret in Secrets Manager, its value put by a command');
    new CfnOutput(this, 'PutCommand', {
      value: this.putCommand,
      description:
        `Puts the value${props.description ? ` (${props.description})` : ''}: run it, paste the value, press Enter and Ctrl-D`.slice(
          0,
          1_024,
        ),
    });
  }
}

class ImportedSecret extends SecretBase {
  public readonly secretsManagerSecret: ISecretsManagerSecret;
  public readonly grants: SecretGrants;

  public constructor(scope: Construct, id: string, { secretArn, encryptionKey }: SecretAttributes) {
    super(scope, id);
    const checks = checksOf(this, 'aws.Secret');
    checks.require(
      Token.isUnresolved(secretArn) || /^arn:[\w-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/.test(secretArn),
      'syntax',
      'secretArn',
      secretArn,
      'not the whole ARN of a secret',
      'write the ARN with the six characters at its end, as aws secretsmanager describe-secret shows it',
    );
    checks.done();
    this.secretsManagerSecret = SecretsManagerSecret.fromSecretAttributes(this, 'Secret', { secretCompleteArn: secretArn, encryptionKey });
    this.grants = SecretGrants.of(this.secretsManagerSecret);
    parity.mapped(this, 'aws', '', 'your secret in Secrets Manager');
  }
}

/** Permissions on a secret. */
export class SecretGrants {
  /** Permissions on a secret of Secrets Manager, for secrets of your own. */
  public static of(secret: ISecretsManagerSecret): SecretGrants {
    return new SecretGrants(secret);
  }

  private constructor(private readonly secret: ISecretsManagerSecret) {}

  /** To read the value. */
  public read(grantee: IGrantable): Grant {
    const { secret } = this;
    const grant = secret.grantRead(grantee);
    if (!secret.encryptionKey) return grant;
    // The L2 lets readers use the key by the key's policy only, which nobody can change here if the key exists already.
    const conditions = { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(secret).region}.amazonaws.com` } };
    return grant.combine(
      Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt'], resourceArns: [secret.encryptionKey.keyArn], conditions }),
    );
  }
}
