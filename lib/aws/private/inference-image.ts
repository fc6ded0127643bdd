import { join } from 'path';
import { IRepository, Repository } from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import { ArnFormat, IgnoreMode, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ImageOwner } from '../../core';
import { PASSED_OVER } from '../../core/image';
import { DeploymentBindOptions } from '../inference/deployable';
import { LambdaInferenceProps } from '../inference/lambda-props';
import { ecrReference } from './inference-limits';

const PLACEHOLDER = join(__dirname, '..', '..', '..', 'runtime', 'placeholder');

/** The image that the template names: the placeholder if a pipeline deploys the service, else the declared one. */
export function functionCode(scope: Construct, props: LambdaInferenceProps, architecture: Architecture): DockerImageCode {
  const directory = props.imageOwner === ImageOwner.PIPELINE ? PLACEHOLDER : props.image.directory;
  if (directory !== undefined)
    return DockerImageCode.fromImageAsset(directory, {
      platform: Platform.custom(architecture.dockerPlatform),
      exclude: [...PASSED_OVER].map((name) => `**/${name}`),
      ignoreMode: IgnoreMode.DOCKER,
    });
  const { repository, tagOrDigest } = repositoryOf(scope, props);
  return DockerImageCode.fromEcr(repository, { tagOrDigest });
}

function repositoryOf(scope: Construct, props: LambdaInferenceProps): { repository: IRepository; tagOrDigest: string } {
  const ecr = ecrReference(props.image.reference!);
  const tagOrDigest = ecr?.tagOrDigest ?? 'latest';
  if (props.repository) return { repository: props.repository, tagOrDigest };
  const arn = Stack.of(scope).formatArn({
    service: 'ecr',
    account: ecr?.account,
    region: ecr?.region,
    resource: 'repository',
    resourceName: ecr?.name,
  });
  return {
    repository: Repository.fromRepositoryAttributes(scope, 'Repository', { repositoryArn: arn, repositoryName: ecr!.name }),
    tagOrDigest,
  };
}

/**
 * Lambda pulls with the permission of the repository's own policy. Where the repository is another stack's, its policy cannot be
 * changed from here, so whoever deploys may, as Lambda then does it in their name.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions
 */
export function letLambdaPull(scope: Construct, { grantee, imageRepository }: DeploymentBindOptions): void {
  const pull = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
  const stack = Stack.of(scope);
  const functions = stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const { statementAdded } = imageRepository.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LambdaPulls',
      principals: [new ServicePrincipal('lambda.amazonaws.com')],
      actions: pull,
      conditions: { ArnLike: { 'aws:SourceArn': functions } },
    }),
  );
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: [...pull, 'ecr:GetRepositoryPolicy', ...(statementAdded ? [] : ['ecr:SetRepositoryPolicy'])],
      resources: [imageRepository.repositoryArn],
    }),
  );
}
