import { CfnElement, Stack, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Environment, MlPlatformProps } from '../core';
import { ordered } from '../core/ordered';
import { policyOf } from '../core/environment';
import { MlPlatform } from './platform';
import { titleOf } from './private/platform-stacks';
import { checksOf } from './private/scope';
import { defaultZones, zonesAtDeployment } from './private/vpc';

/**
 * Cannot have tags here. The first two take them since so short a time that cfn-lint calls them an error; a changed tag on the others
 * replaces them, and a job queue that is replaced drops the jobs that wait in it. Machines of Batch are tagged by their launch template.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobqueue.html
 */
const UNTAGGED = [
  'AWS::CloudWatch::Dashboard',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::Batch::ComputeEnvironment',
  'AWS::Batch::JobQueue',
  'AWS::Batch::JobDefinition',
];

/**
 * A CloudFormation stack that holds one platform and nothing else.
 *
 * Defines the stack in the region and account that `targets.aws` names, tags on all its resources, protection from deletion in `prod`, and
 * an `MlPlatform`. Synthesis asks no cloud, so that it needs no credentials. With `targets.aws.stacks: per-entry` the entries' stacks have
 * the same region, account, tags and protection.
 *
 * @example
 * const app = new cdk.App();
 * new aws.MlPlatformStack(app, 'housing-dev', {
 *   name: 'housing',
 *   targets: { aws: { region: 'eu-west-1' } },
 *   inference: { predict: { image: 'ghcr.io/acme/housing:1.4' } },
 * });
 */
export class MlPlatformStack extends Stack {
  /** The platform. */
  public readonly platform: MlPlatform;
  private readonly logicalIds = new Map<CfnElement, string>();

  public constructor(scope: Construct, id: string, declaration: MlPlatformProps) {
    const props = ordered(declaration);
    const { region, account } = props.targets.aws ?? {};
    const environment = props.environment ?? Environment.DEV;
    super(scope, id, {
      env: { region, account },
      description: titleOf(props),
      terminationProtection: policyOf(environment).deletionProtection,
    });
    const checks = checksOf(this, 'aws.MlPlatformStack');
    checks.require(
      props.targets.aws !== undefined,
      'missing',
      'targets.aws',
      undefined,
      'the platform is not declared for AWS',
      'write targets: { aws: { region: eu-west-1 } }',
    );
    checks.done();
    const tags = { platform: props.name, environment, 'managed-by': 'mlops-constructs', ...props.tags };
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value, { excludeResourceTypes: UNTAGGED });
    this.platform = new MlPlatform(this, 'Platform', props);
  }

  /** The zones of the region, chosen at deployment; CDK's own answer would ask the account. */
  public override get availabilityZones(): string[] {
    return zonesAtDeployment(defaultZones(this));
  }

  /** Once for each element: CDK makes it from a hash whenever anything refers to the element. */
  protected override allocateLogicalId(element: CfnElement): string {
    let id = this.logicalIds.get(element);
    if (id === undefined) this.logicalIds.set(element, (id = super.allocateLogicalId(element)));
    return id;
  }
}
