import { CfnDashboard, Dashboard, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnOutput, Duration as CdkDuration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { contentHash } from '../../core/naming';
import { PlatformStacks } from './platform-stacks';

/**
 * Entries that one dashboard shows. CloudWatch takes 500 widgets, of which a service has six, and CloudFormation a template of 1 MB.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
 */
const MOST_ENTRIES = 80;

/** A dashboard with a title, and an output with its address. */
export function newDashboard(scope: Construct, id: string, title: string, names: readonly string[] = []): Dashboard {
  const dashboard = new Dashboard(scope, id, { defaultInterval: CdkDuration.hours(12) });
  const height = 1 + Math.ceil(names.join(', ').length / 150);
  dashboard.addWidgets(
    new TextWidget({ markdown: [`# ${title}`, ...(names.length ? [names.join(', ')] : [])].join('\n'), width: 24, height }),
  );
  return dashboard;
}

/** Where a dashboard is looked at. */
export function dashboardUrl(dashboard: Dashboard): string {
  const { region } = Stack.of(dashboard);
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`;
}

/**
 * The dashboards of a platform whose entries have stacks of their own, each in a stack that depends on those of its entries.
 *
 * Which one shows an entry is told by a hash of its name. One that would show too many is split in two, and the others stay as they are.
 */
export class SharedDashboards {
  private readonly dashboards: ReadonlyMap<string, Dashboard>;

  /** @param entries paths in the declaration, such as `inference.predict` */
  public constructor(stacks: PlatformStacks, title: string, entries: readonly string[]) {
    const parts = split(entries, '');
    this.dashboards = new Map(
      parts.map(([part, shown]) => {
        const stack = stacks.stack(`Dashboard${part}`, ['monitoring', ...(part ? [part] : [])].join('-'));
        const names = parts.length > 1 ? shown.map((path) => path.slice(path.indexOf('.') + 1)) : [];
        const dashboard = newDashboard(stack, 'Dashboard', title, names);
        // The address of a function URL is split off the output of its stack, which is newer than the schema that cfn-lint carries.
        (dashboard.node.defaultChild as CfnDashboard).addMetadata('cfn-lint', { config: { ignore_checks: ['E1022'] } });
        new CfnOutput(stack, 'DashboardUrl', { value: dashboardUrl(dashboard), description: 'A dashboard of the platform' });
        return [part, dashboard];
      }),
    );
  }

  /** The dashboard that an entry is shown on. */
  public of(entry: string): Dashboard {
    const bits = bitsOf(entry);
    const part = [...this.dashboards.keys()].find((p) => bits.startsWith(p));
    return this.dashboards.get(part!)!;
  }
}

/** Entries by the first bits of their hashes, as few as it takes. */
function split(entries: readonly string[], part: string): [string, readonly string[]][] {
  if (entries.length <= MOST_ENTRIES) return [[part, entries]];
  return ['0', '1'].flatMap((bit) => {
    const longer = part + bit;
    return split(
      entries.filter((entry) => bitsOf(entry).startsWith(longer)),
      longer,
    );
  });
}

function bitsOf(entry: string): string {
  return parseInt(contentHash(entry).slice(0, 8), 16).toString(2).padStart(32, '0');
}
