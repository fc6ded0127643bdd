import { IRepository } from 'aws-cdk-lib/aws-ecr';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { Duration, ImageOwner } from '../../core';

/** Who deploys, and from where. */
export interface DeploymentBindOptions {
  /** Runs the commands, and gets the permissions that they take. */
  readonly grantee: IGrantable;
  /** The repository that images come from; the service gets permission to pull. */
  readonly imageRepository: IRepository;
}

/** How a pipeline puts an image into service. */
export interface DeploymentCommands {
  /**
   * Commands of a POSIX shell that put the image `$IMAGE_URI` into service, wait, and fail if it was rolled back.
   *
   * They may use the AWS command line.
   */
  readonly commands: string[];
  /**
   * Environment variables that the commands read, beside `IMAGE_URI`. `REPOSITORY_NAME`, `REGISTRY_ID` and `TAG_PREFIX` are the pipeline's.
   *
   * @default - none
   */
  readonly env?: { readonly [name: string]: string };
  /** The longest they take. */
  readonly timeout: Duration;
}

/** A service whose image a pipeline can exchange. */
export interface IDeployable extends IConstruct {
  /** Who decides which version runs; a pipeline deploys only what is `ImageOwner.PIPELINE`. */
  readonly imageOwner: ImageOwner;
  /** What images are built for: `linux/amd64` or `linux/arm64`. */
  readonly imagePlatform: string;
  /** Called when a pipeline that deploys the service is made: gives the permissions and says the commands. */
  bindDeployment(options: DeploymentBindOptions): DeploymentCommands;
}
