import { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IRepository } from 'aws-cdk-lib/aws-ecr';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { BuildPipelineBaseProps, Duration } from '../../core';
import { IDeployable } from '../inference';
import { IModelRegistry } from '../models';
import { IImageRegistry } from '../registry';
import { IExperimentTracking } from '../tracking';

/** What a build pipeline takes. */
export interface BuildPipelineProps extends BuildPipelineBaseProps {
  /**
   * The ECR repository that images are pushed to; required if there is a build stage.
   *
   * @default - none
   */
  readonly imageRepository?: IRepository;
  /**
   * Registry whose pull-through cache the build takes base images from, without a change of the Dockerfile.
   *
   * @default - base images come from where the Dockerfile says
   */
  readonly baseImages?: IImageRegistry;
  /**
   * The service that is deployed. Its `imageOwner` has to be `ImageOwner.PIPELINE`.
   *
   * @default - images are built and pushed only
   */
  readonly service?: IDeployable;
  /**
   * ARN of a connection to the Git provider that exists already and is authorized.
   *
   * @default - a connection is made, which somebody has to authorize once in the console
   */
  readonly connectionArn?: string;
  /**
   * Bucket for what the stages hand on; for artifacts only, as each stage may read all of it.
   *
   * @default - a bucket is made, encrypted by S3, whose objects go after 30 days
   */
  readonly artifactBucket?: IBucket;
  /**
   * Network that the steps run in, where lint, test or build need something private. It must reach the internet.
   *
   * @default - a network of CodeBuild's, which reaches the internet
   */
  readonly vpc?: IVpc;
  /**
   * Subnets that the steps run in.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Security groups of the steps.
   *
   * @default - a group that lets nothing in and everything out
   */
  readonly securityGroups?: ISecurityGroup[];
  /**
   * The server that the test stage tracks its runs with, such as an evaluation of the model. Its address and the permission to use it are
   * handed on; one of the platform's own takes its `vpc`.
   *
   * @default - none
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Models whose approval starts the pipeline on the newest commit, so that services load the version that was approved.
   *
   * @default - pushes start it only
   */
  readonly startOnApproval?: IModelRegistry[];
  /**
   * Topic that is told when the pipeline fails, beside what monitoring does. An encrypted one must let EventBridge use its key.
   *
   * @default - none
   */
  readonly failureTopic?: ITopic;
  /**
   * Python of the lint and test stages, as CodeBuild's image of Amazon Linux 2023 has it.
   *
   * @default "3.11"
   */
  readonly pythonVersion?: string;
  /**
   * The longest that lint, test and build may take each, from 5 minutes to 36 hours.
   *
   * @default - one hour
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
   */
  readonly stageTimeout?: Duration;
}
