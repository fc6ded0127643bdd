import { Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';

/** What the metrics of a server are read by. */
interface TrackingDimensions {
  readonly serviceId: string;
  readonly clusterName: string;
  readonly ecsServiceName: string;
  readonly databaseId?: string;
}

/** What is measured of a tracking server of the platform's own. */
export class ExperimentTrackingMetrics {
  /** @internal */
  public static _of(dimensions: TrackingDimensions): ExperimentTrackingMetrics {
    return new ExperimentTrackingMetrics(dimensions);
  }

  private constructor(private readonly dimensions: TrackingDimensions) {}

  /** Requests, sum over five minutes. */
  public requests(options?: MetricOptions): Metric {
    return this.front('TotalRequestCount', Stats.SUM, options);
  }

  /** Requests that the server failed (5xx), sum over five minutes. */
  public errors(options?: MetricOptions): Metric {
    return this.front('HTTPCode_5XX_Count', Stats.SUM, options);
  }

  /** Time that requests took in milliseconds, 95th percentile over five minutes. */
  public latency(options?: MetricOptions): Metric {
    return this.front('RequestTime', Stats.percentile(95), options);
  }

  /** Servers that run: ECS reports once a minute for each. No data where none does. */
  public runningServers(options?: MetricOptions): Metric {
    return this.server('CPUUtilization', Stats.SAMPLE_COUNT, { period: Duration.minutes(1), ...options });
  }

  /** Share of its processors that a server uses, in per cent. */
  public cpu(options?: MetricOptions): Metric {
    return this.server('CPUUtilization', Stats.AVERAGE, options);
  }

  /** Share of its memory that a server uses, in per cent. */
  public memory(options?: MetricOptions): Metric {
    return this.server('MemoryUtilization', Stats.MAXIMUM, options);
  }

  /** Storage of the database that is free, in bytes; nothing where the database is yours. */
  public databaseFreeStorage(options?: MetricOptions): Metric | undefined {
    const { databaseId } = this.dimensions;
    return databaseId === undefined
      ? undefined
      : metric('AWS/RDS', 'FreeStorageSpace', { DBInstanceIdentifier: databaseId }, Stats.MINIMUM, options);
  }

  private front(name: string, statistic: string, options?: MetricOptions): Metric {
    return metric('AWS/VpcLattice', name, { Service: this.dimensions.serviceId }, statistic, options);
  }

  private server(name: string, statistic: string, options?: MetricOptions): Metric {
    const { clusterName, ecsServiceName } = this.dimensions;
    return metric('AWS/ECS', name, { ClusterName: clusterName, ServiceName: ecsServiceName }, statistic, options);
  }
}

function metric(
  namespace: string,
  metricName: string,
  dimensionsMap: { [name: string]: string },
  statistic: string,
  options?: MetricOptions,
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period: Duration.minutes(5), ...options });
}
