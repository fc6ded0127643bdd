import { IConstruct } from 'constructs';
import { Environment } from './environment';
import { Duration } from './units';

/** How bad an alarm is. */
export enum AlarmSeverity {
  /** Somebody should look on the next working day. */
  WARNING = 'warning',
  /** Somebody has to look now. */
  CRITICAL = 'critical',
}

/** How long requests may take. */
export interface LatencyObjective {
  /**
   * Which percentile, above 0 and below 100.
   *
   * @default 95
   */
  readonly percentile?: number;
  /** What the percentile must stay under. */
  readonly threshold: Duration;
}

/** What a service promises. */
export interface ServiceLevelObjective {
  /**
   * Share of requests that succeed, in per cent, above 0 and below 100.
   *
   * @default 99.5
   */
  readonly availability?: number;
  /**
   * How long requests may take.
   *
   * @default - 95 % under one second
   */
  readonly latency?: LatencyObjective;
}

/** What monitoring needs on every cloud. */
export interface MonitoringBaseProps {
  /**
   * Who gets mail about warnings and critical alarms.
   *
   * @default - nobody; alarms show on the dashboard only
   */
  readonly email?: string;
  /**
   * Who gets mail about critical alarms, in place of `email`.
   *
   * @default - the same as `email`
   */
  readonly criticalEmail?: string;
  /**
   * What every watched service promises.
   *
   * @default - 99.5 % of requests succeed, 95 % of them within a second
   */
  readonly slo?: ServiceLevelObjective;
  /**
   * What the platform is for; on AWS it chooses how long the key of the topics can still be brought back. Azure and Google Cloud keep nothing
   * here that it could protect.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A dashboard with alarms and a notification route, on any cloud. */
export interface IMonitoring extends IConstruct {
  /** Where the dashboard is shown. */
  readonly dashboardUrl: string;
}

/** Objectives that hold where none are given. */
export const SLO_DEFAULTS = { availability: 99.5, percentile: 95, threshold: Duration.seconds(1) } as const;

/** The runbook lines that alarms of every cloud carry, so that the person who is woken knows where to start. */
export const RUNBOOK = {
  errors:
    'Requests fail. Read the service log of the last minutes; if a version went out, roll it back; else look at the model and its inputs.',
  latency: 'Requests are slow. Compare with traffic and saturation on the dashboard; raise the smallest number of instances or the memory.',
  throttles: 'Requests are turned away. The limit of instances is reached; raise scaling.max or look for a caller out of control.',
  jobFailed:
    'A training job failed by its own fault and is not tried again. Read its log, mend, submit again; it resumes from the checkpoint.',
  jobStuck: 'Jobs wait and no machine comes. Look at quota and capacity for this accelerator; add on-demand to the capacity chain.',
  pipelineFailed: 'The pipeline failed; the version in service is unchanged. Read the log of the failed stage and push a fix.',
  trackingDown:
    'No tracking server runs: jobs cannot track, and services cannot load models. Read the server log; look whether database and artifact store can be reached.',
  trackingErrors: 'Requests to the tracking server fail. Read the server log; look at connections and storage of the database.',
  trackingStorage: 'The database of the tracking server runs out of storage. Let it grow further, or delete old experiments and vacuum.',
  trackingMemory: 'The tracking server runs out of memory. Give it more, or run more servers.',
} as const;
