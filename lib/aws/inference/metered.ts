import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { IInferenceService } from '../../core';

/** A service that answers predictions and counts what it does. */
export interface IMeteredInference extends IInferenceService {
  /**
   * Requests that may run at once before others are turned away.
   *
   * @default - not known
   */
  readonly maxConcurrency?: number;
  /** Requests, as callers count them. */
  metricRequests(options?: MetricOptions): Metric;
  /** Requests that were answered by an error of the service (5xx), as callers count them. */
  metricErrors(options?: MetricOptions): Metric;
  /** Time to answer a request, in milliseconds. */
  metricLatency(options?: MetricOptions): Metric;
  /** Requests that were turned away because the service was at its limit. */
  metricThrottles(options?: MetricOptions): Metric;
  /** Requests that are handled at the same time. */
  metricConcurrentExecutions(options?: MetricOptions): Metric;
}
