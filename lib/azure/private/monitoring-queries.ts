import { thousands } from '../../core/errors';
import { PIPELINE_FAILED } from './pipeline-file';

/** Fewer requests than this tell nothing about a rate. */
const ENOUGH_REQUESTS = 20;

/** What App Service asks on its own account: to keep an app awake, to look after its health, to see that it has started. */
const PINGS = ['AlwaysOn', 'HealthCheck/1.0', 'ReadyForRequest/1.0'].map((agent) => `"${agent}"`).join(', ');

/** Requests to a web app and its slots, as App Service logs them; its own pings do not count. */
export function requests(webAppId: string): string {
  return `AppServiceHTTPLogs | where (_ResourceId =~ "${webAppId}" or _ResourceId startswith "${webAppId}/") and UserAgent !in (${PINGS})`;
}

/** What makes a request a bad one. */
export const FAILED = 'ScStatus >= 500';

/** What makes a request a slow one. */
export function slow(milliseconds: number): string {
  return `TimeTaken >= ${milliseconds}`;
}

/** One row if more than so many per cent of the requests are bad. */
export function tooMany(webAppId: string, bad: string, percent: number): string {
  return `${requests(webAppId)}
| summarize requests = count(), bad = 100.0 * countif(${bad}) / count()
| where requests >= ${ENOUGH_REQUESTS} and bad > ${percent}`;
}

/** One row if a percentile is above so many milliseconds. */
export function tooSlow(webAppId: string, percentile: number, milliseconds: number): string {
  return `${requests(webAppId)}
| summarize requests = count(), latency = percentile(TimeTaken, ${percentile})
| where requests >= ${ENOUGH_REQUESTS} and latency > ${milliseconds}`;
}

/** How fast an error budget may go before somebody is told. */
export interface Burn {
  readonly name: 'fast' | 'slow';
  /** How often the budget of the time would be used up. */
  readonly rate: number;
  /** The long window, as Azure writes it; the short one, in which it must still be going on, as KQL does. */
  readonly window: string;
  readonly recent: string;
  /** For people. */
  readonly text: string;
}

/** Two windows each, so that an alarm comes soon and ends soon: https://sre.google/workbook/alerting-on-slos/ */
export const BURNS: readonly Burn[] = [
  { name: 'fast', rate: 14.4, window: 'PT1H', recent: '5m', text: '2 % of the error budget of a month went in an hour' },
  { name: 'slow', rate: 6, window: 'PT6H', recent: '30m', text: '5 % of the error budget of a month went in six hours' },
];

/** One row if requests are bad so often that the budget goes at least as fast as that. */
export function burning(webAppId: string, bad: string, objective: number, burn: Burn): string {
  // Rounded, so that 100 - 99.9 does not show as 0.0999999.
  const percent = Math.min(100, Number(((100 - objective) * burn.rate).toFixed(6)));
  return `${requests(webAppId)}
| extend recent = TimeGenerated > ago(${burn.recent})
| summarize requests = count(), bad = 100.0 * countif(${bad}) / count(), now = 100.0 * countif(recent and ${bad}) / countif(recent)
| where requests >= ${ENOUGH_REQUESTS} and bad >= ${percent} and now >= ${percent}`;
}

/** One row for each job that waits for a machine, and has done so for half an hour. */
export function waitingJobs(workspaceId: string): string {
  return `AmlComputeJobEvent | where _ResourceId =~ "${workspaceId}"
| summarize arg_max(TimeGenerated, EventType, ExecutionState, ClusterName) by JobId
| where (EventType == "JobSubmitted" or ExecutionState == "Queued") and TimeGenerated < ago(30m)`;
}

/** One row for each run that failed; pipelines record them as custom events. */
export function failedRuns(pipelineName: string): string {
  return `AppEvents | where Name == "${PIPELINE_FAILED}" and tostring(Properties.pipeline) == "${pipelineName}"`;
}

/** `1500` as `1,500 ms`. */
export function milliseconds(n: number): string {
  return `${thousands(n)} ms`;
}
