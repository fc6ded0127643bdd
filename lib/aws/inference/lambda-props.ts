import { ILambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { IInterfaceVpcEndpoint, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Architecture, IAlias, IFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration, ImageOwner, InferenceBaseProps, ServiceLevelObjective, Size } from '../../core';
import { ISharedFileSystem } from '../file-system';
import { ISecret } from '../secret';
import { IExperimentTracking } from '../tracking';
import { IDeployable } from './deployable';
import { LambdaInferenceGrants } from './grants';
import { IMeteredInference } from './metered';

/** What callers from outside the network call. */
export enum LambdaEndpoint {
  /** The function's own URL. Costs nothing, waits as long as the function may run. */
  FUNCTION_URL = 'function-url',
  /**
   * An HTTP API of API Gateway, for what it adds, such as domain names and throttling. Answers within 30 seconds; costs by the request.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
   */
  HTTP_API = 'http-api',
}

/** What an inference service on Lambda takes. */
export interface LambdaInferenceProps extends InferenceBaseProps {
  /**
   * Network that the function runs in, and from which a private service is called.
   *
   * Required for `Access.PRIVATE`, unless `apiEndpoint` is given.
   *
   * @default - the function runs in a network of Lambda's, which reaches the internet
   */
  readonly vpc?: IVpc;
  /**
   * Subnets of the function, and of the endpoint that is made for a private service.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Security groups of the function.
   *
   * @default - a group that lets nothing in and everything out
   */
  readonly securityGroups?: ISecurityGroup[];
  /**
   * The VPC endpoint of `execute-api` through which a private service is called. Services can share one.
   *
   * @default - one is made in `vpc`, without private DNS, which would cut off public APIs; it costs about 8 USD a month and zone
   */
  readonly apiEndpoint?: IInterfaceVpcEndpoint;
  /**
   * Callers of a private service sign their requests with IAM (SigV4), as callers of `Access.AUTHENTICATED` do.
   *
   * Where it is off, whatever is in the network may call.
   *
   * @default true
   */
  readonly signedRequests?: boolean;
  /**
   * What callers from outside the network call, unless access is private.
   *
   * @default LambdaEndpoint.FUNCTION_URL
   */
  readonly endpoint?: LambdaEndpoint;
  /**
   * Processor that the function runs on. An image is for one of them.
   *
   * @default Architecture.X86_64
   */
  readonly architecture?: Architecture;
  /**
   * Size of `/tmp`, the only folder that can be written, from 512 MiB to 10 GiB.
   *
   * @default - 512 MiB
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
   */
  readonly ephemeralStorage?: Size;
  /**
   * The ECR repository that the image reference names. Given here, it lets Lambda pull; otherwise whoever deploys must be allowed to.
   *
   * @default - read from the image reference
   */
  readonly repository?: IRepository;
  /**
   * A file system that instances share, by the folder of `/mnt` where it is mounted. Lambda mounts one, and only EFS; it takes `vpc`.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
   */
  readonly mounts?: { readonly [path: string]: ISharedFileSystem };
  /**
   * The server that keeps the model which the service serves. Its address and the permission to read from it are handed on; one of the
   * platform's own takes its `vpc`.
   *
   * @default - none
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Secrets that the service may read, by environment variable. Lambda hands out no values: `HF_TOKEN` becomes `HF_TOKEN_SECRET_ARN`, which
   * names the secret that the program reads from Secrets Manager when it starts.
   *
   * @default - none
   */
  readonly secrets?: { readonly [variable: string]: ISecret };
  /**
   * What the service promises. A deployment that breaks it is rolled back.
   *
   * @default - 99.5 % of requests succeed, 95 % of them within a second
   */
  readonly slo?: ServiceLevelObjective;
}

/** An inference service on Lambda. */
export interface ILambdaInference extends IMeteredInference, IDeployable {
  /** The function. */
  readonly function: IFunction;
  /** The alias that callers reach; it points to the version in service. */
  readonly alias: IAlias;
  /** Shifts the alias from one version to the next. */
  readonly deploymentGroup: ILambdaDeploymentGroup;
  /** Permissions on the service. */
  readonly grants: LambdaInferenceGrants;
}

/** An inference service on Lambda that exists already. */
export interface LambdaInferenceAttributes {
  /** ARN of the function, without a version or an alias. */
  readonly functionArn: string;
  /**
   * Name of the alias that callers reach.
   *
   * @default "live"
   */
  readonly aliasName?: string;
  /** Where it answers: `https://...`, without a slash at the end. */
  readonly url: string;
  /** Name of the CodeDeploy application. */
  readonly applicationName: string;
  /** Name of the CodeDeploy deployment group. */
  readonly deploymentGroupName: string;
  /**
   * Who decides which version runs.
   *
   * @default ImageOwner.PIPELINE
   */
  readonly imageOwner?: ImageOwner;
  /**
   * Processor that the function runs on.
   *
   * @default Architecture.X86_64
   */
  readonly architecture?: Architecture;
  /**
   * Name of the deployment configuration of the group.
   *
   * @default "CodeDeployDefault.LambdaAllAtOnce"
   */
  readonly deploymentConfigName?: string;
  /**
   * The longest a deployment takes.
   *
   * @default - one hour
   */
  readonly deploymentDuration?: Duration;
  /**
   * ARN that callers need `execute-api:Invoke` on, if an API of API Gateway stands before the function.
   *
   * @default - callers use the URL of the alias
   */
  readonly apiInvokeArn?: string;
}
