import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { SecretManagerSecretVersion } from '@cdktf/provider-google/lib/secret-manager-secret-version';
import { ISecretBase, SecretBaseProps } from '../core';
import { policyOf } from '../core/environment';
import { isUnresolved } from '../core/errors';
import { parity } from '../core/parity';
import { literal } from '../core/terraform-text';
import { IMember } from './member';
import { nameIn } from './private/names';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { enableServices } from './private/services';
import { acknowledge } from './private/acknowledge';

/** A secret of Secret Manager. */
export interface ISecret extends ISecretBase {
  /** Project that it is in. */
  readonly project: string;
  /** Id of the secret, without its project. */
  readonly secretId: string;
  /** Version that programs get: `latest` or a number. */
  readonly version: string;
  /** Permissions on the secret. */
  readonly grants: SecretGrants;
}

/** Permissions on a secret. Each call makes one IAM member on the secret. */
export abstract class SecretGrants {
  /**
   * To read its value (`roles/secretmanager.secretAccessor`).
   *
   * @param id construct id of the IAM member, unique in the secret's scope
   * @param grantee who may read
   */
  public abstract read(id: string, grantee: IMember): void;
}

/** A secret that exists already. */
export interface SecretAttributes {
  /** Project that it is in. */
  readonly project: string;
  /** Id of the secret: its last path segment. It has to have a version before a service that gets it is deployed. */
  readonly secretId: string;
  /**
   * Version that programs get: a number, if not the newest.
   *
   * @default latest
   */
  readonly version?: string;
}

/** Options of a secret. */
export interface SecretProps extends SecretBaseProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region that the value is kept in. No default: secrets must not land where nobody chose. */
  readonly region: string;
}

/** What version 1 holds until somebody puts the value. */
const PLACEHOLDER = 'no value yet';

/**
 * A secret whose value somebody puts after deployment, and that no template, output or log holds.
 *
 * Defines a secret of Secret Manager, kept in one region, and a first version that holds the words `no value yet`: Cloud Run deploys no service
 * that gets a secret without a version. The output `PutCommand` holds the command that puts the real value, as a newer version; Terraform knows
 * nothing of that, and never touches the first version again. Programs get the newest version: a training job when it starts, a service when an
 * instance starts, so that instances that run keep the old value until the next revision.
 *
 * Leave version 1 alone: it is no secret, and were it destroyed and made again, it would be the newest. In prod Terraform refuses to destroy
 * the secret; in dev and staging it goes with all its versions, and its name can be used again at once.
 *
 * @example
 * const token = new gcp.Secret(this, 'HuggingFace', {
 *   project: 'acme-ml-dev',
 *   region: 'europe-west4',
 *   description: 'token of the Hugging Face hub',
 * });
 * token.grants.read('Researchers', gcp.IamMember.group('researchers@example.com'));
 *
 * @see https://cloud.google.com/run/docs/configuring/services/secrets
 */
export class Secret extends Construct implements ISecret {
  /** A secret that exists already; grants on it are added, nothing else is changed. */
  public static fromSecretAttributes(scope: Construct, id: string, attributes: SecretAttributes): ISecret {
    return new ImportedSecret(scope, id, attributes);
  }

  public readonly project: string;
  public readonly secretId: string;
  public readonly version: string = 'latest';
  public readonly putCommand: string;
  public readonly grants: SecretGrants;

  public constructor(scope: Construct, id: string, props: SecretProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.Secret');
    const { project, region, description } = props;
    checkPlace(checks, project, region);
    checks.require(
      description === undefined || isUnresolved(description) || Buffer.byteLength(description) <= 4096,
      'limit',
      'description',
      description,
      'Secret Manager keeps 16 KiB of annotations',
      'write at most 4,096 characters',
    );
    checks.done();
    const { deletionProtection, retainData } = policyOf(props.environment);
    const secretId = nameIn(this, project);
    const secret = new SecretManagerSecret(this, 'Resource', {
      project,
      secretId,
      annotations: description === undefined ? undefined : { description: literal(description) },
      replication: { userManaged: { replicas: [{ location: region }] } },
      deletionProtection,
      lifecycle: retainData ? { preventDestroy: true } : undefined,
      dependsOn: enableServices(this, project, 'secretmanager'),
    });
    const placeholder = new SecretManagerSecretVersion(this, 'Placeholder', {
      secret: secret.id,
      secretData: PLACEHOLDER,
      // It goes with the secret. Nothing of it is ever looked at again: replaced, it would hide the value that somebody has put.
      deletionPolicy: 'ABANDON',
      lifecycle: { ignoreChanges: 'all' },
    });
    acknowledge(placeholder, { 'secret-plain-value': 'It stands for a value until somebody puts one, and is no secret.' });
    this.project = project;
    this.secretId = secret.secretId;
    this.putCommand = putCommand(secretId, project);
    this.grants = new MemberGrants(this, this);
    new TerraformOutput(this, 'PutCommand', {
      description: `Puts the value${description === undefined ? '' : `, the ${description}`}: reads it from standard input, up to Ctrl-D, and adds it as a version.`,
      value: this.putCommand,
    });
    parity.mapped(this, 'gcp', '', `secret of Secret Manager in ${region}, whose value is put by a command`);
  }
}

class ImportedSecret extends Construct implements ISecret {
  public readonly project: string;
  public readonly secretId: string;
  public readonly version: string;
  public readonly putCommand: string;
  public readonly grants: SecretGrants;

  public constructor(scope: Construct, id: string, { project, secretId, version = 'latest' }: SecretAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.Secret');
    checkPlace(checks, project);
    if (!isUnresolved(secretId))
      checks.require(
        /^[A-Za-z0-9_-]{1,255}$/.test(secretId),
        'name',
        'secretId',
        secretId,
        'not the id of a secret',
        'write its last path segment only, such as api-key',
      );
    if (!isUnresolved(version))
      checks.require(/^(latest|[1-9]\d*)$/.test(version), 'syntax', 'version', version, 'not a version', 'write a number, or leave it out');
    checks.done();
    this.project = project;
    this.secretId = secretId;
    this.version = version;
    this.putCommand = putCommand(secretId, project);
    this.grants = new MemberGrants(this, this);
  }
}

class MemberGrants extends SecretGrants {
  public constructor(
    private readonly scope: Construct,
    private readonly secret: ISecret,
  ) {
    super();
  }

  public read(id: string, grantee: IMember): void {
    const { project, secretId } = this.secret;
    new SecretManagerSecretIamMember(this.scope, id, {
      project,
      secretId,
      role: 'roles/secretmanager.secretAccessor',
      member: grantee.member,
    });
  }
}

function putCommand(secretId: string, project: string): string {
  return `gcloud secrets versions add ${secretId} --project ${project} --data-file=/dev/stdin`;
}
