import { Construct, IConstruct } from 'constructs';
import { TerraformOutput } from 'cdktf';
import { Cloudbuildv2Connection } from '@cdktf/provider-google/lib/cloudbuildv2-connection';
import { Cloudbuildv2Repository } from '@cdktf/provider-google/lib/cloudbuildv2-repository';
import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { Repository } from '../../core';
import { nameIn } from '../private/names';
import { checkConnection, checkRepository, connectCommand, connectionConfig, remoteUri } from '../private/pipeline-source';
import { checkPlace } from '../private/place';
import { checksFor } from '../private/root';
import { enableServices } from '../private/services';

/** A Git repository that Cloud Build can read. */
export interface ISourceRepository extends IConstruct {
  /** `projects/P/locations/R/connections/C/repositories/N`. */
  readonly repositoryId: string;
}

/** A repository that Cloud Build is connected to already. */
export interface SourceRepositoryAttributes {
  /** `projects/P/locations/R/connections/C/repositories/N`. */
  readonly repositoryId: string;
}

/** Which repository, and how Cloud Build gets at it. */
export interface SourceRepositoryProps {
  /** Project that builds. */
  readonly project: string;
  /** Region of the connection; triggers have to be in the same. */
  readonly region: string;
  /** The repository. Its branch is of no matter here. */
  readonly repository: Repository;
  /**
   * Name of a connection that exists, authorized once by somebody who may: the `ConnectCommand` output makes one.
   *
   * @default - the provider's name, such as "github"; with a token a connection of its own
   */
  readonly connection?: string;
  /**
   * Version of the secret with an access token that opens a connection: `projects/P/secrets/S/versions/latest`.
   * GitHub: scopes `repo` and `read:user`; GitLab: `api`; Bitbucket: repositories, pull requests and webhooks.
   *
   * @default - none: `connection` exists
   */
  readonly tokenSecretVersion?: string;
  /**
   * GitHub: number of the installation of the Cloud Build app. Required with a token.
   *
   * @default - none
   */
  readonly githubAppInstallationId?: number;
  /**
   * GitLab and Bitbucket: version of the secret with a token that may only read.
   *
   * @default - the same as tokenSecretVersion
   */
  readonly readTokenSecretVersion?: string;
  /**
   * GitLab and Bitbucket: version of the secret that webhooks are signed with. Required with a token.
   *
   * @default - none
   */
  readonly webhookSecretVersion?: string;
}

/**
 * A Git repository that Cloud Build reads and hears about commits of.
 *
 * Defines a Cloud Build repository (second generation) in a connection. The connection has to be there before the first
 * `terraform apply`: Terraform cannot open one without a token, because somebody has to log in and agree. The `ConnectCommand` output, which
 * `terraform plan` shows, makes it and prints where to log in; one connection serves all repositories and stacks of a project and region.
 * With a token in Secret Manager the connection is defined here, too, and Cloud Build may read that secret and no other.
 *
 * @example
 * new gcp.SourceRepository(this, 'Source', {
 *   project: 'acme-ml-dev',
 *   region: 'europe-west4',
 *   repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
 * });
 *
 * @see https://cloud.google.com/build/docs/automating-builds/github/connect-repo-github
 */
export class SourceRepository extends Construct implements ISourceRepository {
  /** A repository that Cloud Build is connected to already. */
  public static fromSourceRepositoryAttributes(scope: Construct, id: string, attrs: SourceRepositoryAttributes): ISourceRepository {
    return new ImportedSourceRepository(scope, id, attrs);
  }

  public readonly repositoryId: string;

  public constructor(scope: Construct, id: string, props: SourceRepositoryProps) {
    super(scope, id);
    const { project, region, repository } = props;
    const checks = checksFor(this, 'gcp.SourceRepository');
    checkPlace(checks, project, region);
    checkRepository(checks, repository);
    checkConnection(checks, props);
    checks.done();

    const dependsOn = enableServices(this, project, 'cloudbuild', 'secretmanager');
    const connection = props.tokenSecretVersion ? this.open(props) : (props.connection ?? repository.provider);
    const linked = new Cloudbuildv2Repository(this, 'Resource', {
      project,
      location: region,
      parentConnection: connection,
      name: nameIn(this, project, { prefix: `${repository.owner}-${repository.name}` }),
      remoteUri: remoteUri(repository),
      dependsOn,
    });
    this.repositoryId = linked.id;
    if (!props.tokenSecretVersion)
      new TerraformOutput(this, 'ConnectCommand', {
        value: connectCommand(repository, connection, project, region),
        description: `Before the first apply, unless connection ${connection} exists: makes it and says where to authorize it.`,
      });
  }

  private open(props: SourceRepositoryProps): string {
    const { project, region } = props;
    const dependsOn = enableServices(this, project, 'cloudbuild', 'secretmanager');
    const number = new DataGoogleProject(this, 'Project', { projectId: project }).number;
    const versions = [props.tokenSecretVersion, props.readTokenSecretVersion, props.webhookSecretVersion];
    const secrets = [...new Set(versions.filter((v) => v !== undefined).map((v) => v.replace(/\/versions\/[^/]+$/, '')))];
    const readers = secrets.map((secretId, i) => {
      const [, owner, id] = /^projects\/([^/]+)\/secrets\/(.+)$/.exec(secretId) ?? ['', project, secretId];
      return new SecretManagerSecretIamMember(this, `ReadSecret${i + 1}`, {
        project: owner,
        secretId: id,
        role: 'roles/secretmanager.secretAccessor',
        // The identity of Cloud Build itself, which is there once the API is on.
        member: `serviceAccount:service-${number}@gcp-sa-cloudbuild.iam.gserviceaccount.com`,
        dependsOn,
      });
    });
    return new Cloudbuildv2Connection(this, 'Connection', {
      project,
      location: region,
      name: nameIn(this, project, { prefix: props.repository.provider }),
      ...connectionConfig(props),
      dependsOn: readers,
    }).name;
  }
}

class ImportedSourceRepository extends Construct implements ISourceRepository {
  public readonly repositoryId: string;

  public constructor(scope: Construct, id: string, attrs: SourceRepositoryAttributes) {
    super(scope, id);
    this.repositoryId = attrs.repositoryId;
    const checks = checksFor(this, 'gcp.SourceRepository');
    checks.require(
      /^projects\/[^/]+\/locations\/[^/]+\/connections\/[^/]+\/repositories\/[^/]+$|\$\{/.test(this.repositoryId),
      'syntax',
      'repositoryId',
      this.repositoryId,
      'not a repository of Cloud Build (second generation)',
      'write projects/P/locations/R/connections/C/repositories/N, as gcloud builds repositories list shows it',
    );
    checks.done();
  }
}
