import { CfnElement, CfnOutput, CfnResource, CrossStackReferences, ReferenceStrength, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Environment, MlPlatformProps, StackLayout } from '../../core';
import { Checks, describe, thousands } from '../../core/errors';
import { kebab } from '../../core/naming';
import { checksOf } from './scope';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST = { resources: 500, outputs: 200, name: 128 };

/** What the descriptions of a platform's stacks start with. */
export function titleOf({ name, environment }: MlPlatformProps): string {
  return `Machine-learning platform ${name} (${environment ?? Environment.DEV})`;
}

/** Makes each logical id once, as `MlPlatformStack` does. */
class EntryStack extends Stack {
  private readonly logicalIds = new Map<CfnElement, string>();

  protected override allocateLogicalId(element: CfnElement): string {
    let id = this.logicalIds.get(element);
    if (id === undefined) this.logicalIds.set(element, (id = super.allocateLogicalId(element)));
    return id;
  }
}

/** The CloudFormation stacks of one platform: its own, and with `per-entry` those of its entries and dashboards. */
export class PlatformStacks {
  /** Whether entries have stacks of their own. */
  public readonly split: boolean;
  private readonly main: Stack;
  private readonly layout: StackLayout | undefined;
  private readonly further: Stack[] = [];

  public constructor(
    private readonly platform: Construct,
    private readonly declaration: MlPlatformProps,
  ) {
    this.main = Stack.of(platform);
    this.layout = declaration.targets.aws?.stacks;
    this.split = this.layout === StackLayout.PER_ENTRY && !this.main.nested;
  }

  /** Stacks beside the platform's own. */
  public get others(): readonly Stack[] {
    return this.further;
  }

  /** Where an entry stands: in a stack of its own, or in the platform. The same construct id in both keeps what is named after it. */
  public scopeOf(id: string, name: string): Construct {
    return this.split ? this.stack(id, name) : this.platform;
  }

  /**
   * A further stack.
   *
   * References to others are weak: an export could be neither changed nor removed while another stack imports it. See
   * docs/adr/0007-stacks-on-aws.md.
   */
  public stack(id: string, name: string): Stack {
    const { main, platform } = this;
    const stackName = `${this.prefix}-${name}`;
    const checks = checksOf(platform, 'aws.MlPlatform');
    checks.require(
      stackName.length <= MOST.name,
      'name',
      '',
      name,
      `its stack would be called ${stackName}, and CloudFormation takes ${MOST.name} characters`,
      `give the stack of the platform a name that is ${stackName.length - MOST.name} characters shorter`,
    );
    checks.done();
    const stack = new EntryStack(platform, `${id}Stack`, {
      stackName,
      env: { account: main.account, region: main.region },
      description: `${titleOf(this.declaration)}: ${name}`,
      terminationProtection: main.terminationProtection,
    });
    CrossStackReferences.of(stack).consume(ReferenceStrength.WEAK);
    this.further.push(stack);
    return stack;
  }

  /** Throws where stacks cannot be so, or have more than CloudFormation takes. */
  public check(): void {
    const checks = checksOf(this.platform, 'aws.MlPlatform');
    this.checkPlace(checks);
    this.checkSizes(checks);
    checks.done();
    // References between stacks become outputs when the app is synthesized.
    if (this.split) this.main.node.addValidation({ validate: () => this.tooLarge() });
  }

  private tooLarge(): string[] {
    const checks = new Checks(this.platform, 'aws.MlPlatform');
    this.checkSizes(checks);
    return checks.found.map(describe);
  }

  private checkPlace(checks: Checks): void {
    const { main, layout } = this;
    checks.require(
      layout !== StackLayout.PER_ENTRY || !main.nested,
      'conflict',
      'targets.aws.stacks',
      layout,
      'the platform is in a nested stack, whose name is not known before it is deployed',
      'put the platform into a Stack, or write stacks: one',
    );
    // CDK lends a synthesizer to one stack only, so that the one of a team's own stack cannot be passed on.
    const [own, other] = [main.synthesizer, (this.further[0] ?? main).synthesizer];
    checks.require(
      own.constructor === other.constructor && own.bootstrapQualifier === other.bootstrapQualifier,
      'conflict',
      'targets.aws.stacks',
      layout,
      `the stack ${main.stackName} has a synthesizer of its own, which the stacks of entries cannot share`,
      'give it to the App instead, as defaultStackSynthesizer',
    );
  }

  private checkSizes(checks: Checks): void {
    for (const [stack, size] of this.sizes()) this.checkSize(checks, stack, size);
  }

  private checkSize(checks: Checks, stack: Stack, { resources, outputs }: Size): void {
    if (resources <= MOST.resources && outputs <= MOST.outputs) return;
    const has = `${thousands(resources)} resources and ${outputs} outputs`;
    checks.refuse(
      'limit',
      'targets.aws.stacks',
      this.split ? StackLayout.PER_ENTRY : StackLayout.ONE,
      `the stack ${stack.nested ? stack.node.path : stack.stackName} has ${has}, and CloudFormation takes ${MOST.resources} and ${MOST.outputs}`,
      this.split
        ? stack === this.main
          ? 'put some of its models, features, secrets or file systems into a platform of another name'
          : 'put this entry into a platform of another name'
        : `write stacks: ${StackLayout.PER_ENTRY}, which gives each service, cluster and pipeline a stack of its own`,
    );
  }

  /** What is in each stack. */
  private sizes(): Map<Stack, Size> {
    const sizes = new Map<Stack, Size>([this.main, ...this.further].map((stack) => [stack, { resources: 0, outputs: 0 }]));
    const count = (scope: Construct, within: Size | undefined): void => {
      for (const child of scope.node.children) {
        const size = Stack.isStack(child) ? sizes.get(child) : within;
        if (size && CfnResource.isCfnResource(child)) size.resources++;
        if (size && child instanceof CfnOutput) size.outputs++;
        count(child as Construct, size);
      }
    };
    count(this.main, sizes.get(this.main));
    return sizes;
  }

  /** What the names of further stacks start with. A platform that is not called `Platform` in its stack need not be alone there. */
  private get prefix(): string {
    const { scopes } = this.platform.node;
    const ids = scopes.slice(scopes.indexOf(this.main) + 1).map((s) => s.node.id);
    return [this.main.stackName, ...(ids.join('/') === 'Platform' ? [] : ids.map(kebab))].join('-');
  }
}

interface Size {
  resources: number;
  outputs: number;
}
