import { MonitorAutoscaleSetting, MonitorAutoscaleSettingProfileRule } from '@cdktf/provider-azurerm/lib/monitor-autoscale-setting';
import { Construct } from 'constructs';
import { IResourceGroup } from '../resource-group';
import { localName } from './name';

/** Between which numbers a plan scales, and on what. */
export interface AutoscaleOptions {
  readonly resourceGroup: IResourceGroup;
  readonly planId: string;
  readonly min: number;
  readonly max: number;
  /** Requests that wait before an instance is added. */
  readonly queueLength: number;
}

/** Adds an instance when processors are busy or requests wait; takes one away when neither is so. */
export function autoscale(scope: Construct, id: string, o: AutoscaleOptions): MonitorAutoscaleSetting {
  const holder = new Construct(scope, id);
  const rule = (metricName: string, direction: 'Increase' | 'Decrease', threshold: number): MonitorAutoscaleSettingProfileRule => ({
    metricTrigger: {
      metricName,
      metricNamespace: 'microsoft.web/serverfarms',
      metricResourceId: o.planId,
      operator: direction === 'Increase' ? 'GreaterThan' : 'LessThan',
      statistic: 'Average',
      threshold,
      timeAggregation: 'Average',
      timeGrain: 'PT1M',
      timeWindow: direction === 'Increase' ? 'PT5M' : 'PT10M',
    },
    scaleAction: { direction, type: 'ChangeCount', value: 1, cooldown: direction === 'Increase' ? 'PT3M' : 'PT10M' },
  });
  return new MonitorAutoscaleSetting(holder, 'Resource', {
    name: localName(holder),
    resourceGroupName: o.resourceGroup.resourceGroupName,
    location: o.resourceGroup.location,
    targetResourceId: o.planId,
    profile: [
      {
        name: 'load',
        capacity: { default: o.min, minimum: o.min, maximum: o.max },
        rule: [
          rule('CpuPercentage', 'Increase', 70),
          rule('HttpQueueLength', 'Increase', o.queueLength),
          // Instances are taken away only when every rule of this direction says so.
          rule('CpuPercentage', 'Decrease', 35),
          rule('HttpQueueLength', 'Decrease', 1),
        ],
      },
    ],
  });
}
