import { Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { GpuTrainingClusterGrants } from './grants';
import { GpuTrainingClusterAttributes, IGpuTrainingCluster } from './props';

/**
 * What clusters made here and clusters that exist already have in common.
 *
 * @internal
 */
export abstract class GpuTrainingClusterBase extends Construct implements IGpuTrainingCluster {
  public abstract readonly jobQueueArn: string;
  public abstract readonly jobDefinitionArn: string;
  public abstract readonly submitCommand: string;
  public abstract readonly checkpointUri: string;
  public readonly grants = GpuTrainingClusterGrants.of(this);

  public metricFailedJobs(props?: MetricOptions): Metric {
    return this.count('FailedJobs', 'Batch Job State Change', { status: ['FAILED'] }, props);
  }

  public metricBlockedQueue(props?: MetricOptions): Metric {
    return this.count('BlockedQueue', 'Batch Job Queue Blocked', {}, props);
  }

  /** Batch publishes events but no metrics; EventBridge counts how often a rule runs. */
  private count(id: string, detailType: string, detail: { readonly [field: string]: string[] }, props?: MetricOptions): Metric {
    const rule =
      (this.node.tryFindChild(id) as Rule | undefined) ??
      new Rule(this, id, {
        description: `Counts "${detailType}" of ${this.node.path}`,
        eventPattern: { source: ['aws.batch'], detailType: [detailType], detail: { ...detail, jobQueue: [this.jobQueueArn] } },
        targets: [new SqsQueue(this.events())],
      });
    return new Metric({
      namespace: 'AWS/Events',
      metricName: 'TriggeredRules',
      dimensionsMap: { RuleName: rule.ruleName },
      statistic: Stats.SUM,
      period: Duration.minutes(5),
      ...props,
    });
  }

  /** A target for the rules, as a rule that runs for none may not be counted. It costs nothing, and keeps the events to be read. */
  private events(): Queue {
    const made = this.node.tryFindChild('Events') as Queue | undefined;
    if (made) return made;
    const queue = new Queue(this, 'Events', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(queue, { SQS3: 'Nothing has to be done about these events; they are counted, and kept for two weeks to be read.' });
    return queue;
  }
}

/**
 * A cluster that exists already.
 *
 * @internal
 */
export class ImportedGpuTrainingCluster extends GpuTrainingClusterBase {
  public readonly jobQueueArn: string;
  public readonly jobDefinitionArn: string;
  public readonly checkpointUri: string;
  public readonly submitCommand: string;

  public constructor(scope: Construct, id: string, attrs: GpuTrainingClusterAttributes) {
    super(scope, id);
    this.jobQueueArn = attrs.jobQueueArn;
    this.jobDefinitionArn = attrs.jobDefinitionArn;
    this.checkpointUri = attrs.checkpointUri;
    this.submitCommand = submitCommand(this, this);
  }
}

/** The exact command that starts a job. */
export function submitCommand(
  scope: Construct,
  cluster: { readonly jobQueueArn: string; readonly jobDefinitionArn: string },
  region?: string,
): string {
  return [
    'aws batch submit-job',
    ...(region ? [`--region ${region}`] : []),
    `--job-name ${clusterName(scope)}`,
    `--job-queue ${cluster.jobQueueArn}`,
    `--job-definition ${cluster.jobDefinitionArn}`,
  ].join(' ');
}

/** What jobs and folders of a cluster are called: `training-trainer`. */
export function clusterName(scope: Construct): string {
  const words = scope.node.id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
  return words.replace(/[^a-z0-9]+/g, '-').slice(0, 63);
}
