import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace';
import { TerraformOutput } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { Environment, policyOf } from '../core/environment';
import { localName } from './private/name';
import { parseResourceId } from './private/resource-id';
import { checksFor } from './private/root';
import { IResourceGroup } from './resource-group';

/** A Log Analytics workspace. */
export interface ILogWorkspace extends IConstruct {
  /** Id of the workspace. */
  readonly workspaceId: string;
}

/** Props of `LogWorkspace`. */
export interface LogWorkspaceProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * Days that logs are kept, from 30 to 730. The first 31 are free, each further day is paid for by volume.
   *
   * @default - by environment: 30 in dev and staging, 365 in prod
   * @see https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
   */
  readonly retentionDays?: number;
  /**
   * Most gigabytes taken in a day; what comes after is lost until the next day.
   *
   * @default - no limit
   */
  readonly dailyQuotaGb?: number;
  /**
   * What it is for.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A Log Analytics workspace that exists already. */
export interface LogWorkspaceAttributes {
  /** Its id. */
  readonly workspaceId: string;
}

/**
 * A place where logs of services, pipelines and training jobs are kept and searched.
 *
 * Defines a Log Analytics workspace, without shared keys: who writes or reads is known to Entra ID.
 * Logs are paid for by the gigabyte taken in; an empty workspace costs nothing.
 *
 * @example
 * const logs = new azure.LogWorkspace(this, 'Logs', { resourceGroup: group });
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
 */
export class LogWorkspace extends Construct implements ILogWorkspace {
  /** A workspace that exists already; nothing is created for it. */
  public static fromLogWorkspaceAttributes(scope: Construct, id: string, attributes: LogWorkspaceAttributes): ILogWorkspace {
    return new ImportedLogWorkspace(scope, id, attributes);
  }

  public readonly workspaceId: string;

  public constructor(scope: Construct, id: string, props: LogWorkspaceProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.LogWorkspace');
    checks.within('retentionDays', props.retentionDays, 30, 730, 'a Log Analytics workspace');
    checks.require(
      props.dailyQuotaGb === undefined || props.dailyQuotaGb > 0,
      'limit',
      'dailyQuotaGb',
      props.dailyQuotaGb,
      'with no quota at all nothing would be kept',
      'write a number above 0, or leave it out for no limit',
    );
    checks.done();
    const workspace = new LogAnalyticsWorkspace(this, 'Resource', {
      name: localName(this, 63),
      resourceGroupName: props.resourceGroup.resourceGroupName,
      location: props.resourceGroup.location,
      sku: 'PerGB2018',
      retentionInDays: props.retentionDays ?? policyOf(props.environment).logRetentionDays,
      dailyQuotaGb: props.dailyQuotaGb,
      localAuthenticationEnabled: false,
    });
    this.workspaceId = workspace.id;
    new TerraformOutput(this, 'QueryCommand', {
      description: 'Shows what was logged in the last hour',
      value: `az monitor log-analytics query --workspace ${workspace.workspaceId} --timespan PT1H --analytics-query "search * | take 50"`,
    });
  }
}

class ImportedLogWorkspace extends Construct implements ILogWorkspace {
  public readonly workspaceId: string;

  public constructor(scope: Construct, id: string, attributes: LogWorkspaceAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.LogWorkspace');
    const workspace = parseResourceId(checks, 'workspaceId', attributes.workspaceId, 'Microsoft.OperationalInsights/workspaces');
    checks.done();
    this.workspaceId = workspace.id;
  }
}
