import { ICloudRunInference } from '../inference';
import { latencyQuery } from './monitoring-policies';

/** A widget of a dashboard, in the words of the Dashboards API. */
export type Widget = { readonly title: string } & { readonly [kind: string]: unknown };

const COLUMNS = 48;
const HEIGHT = 16;

/** A dashboard of rows; the widgets of a row share its width. Positions of zero are left out, as the API does. */
export function dashboard(displayName: string, rows: readonly (readonly Widget[])[]): string {
  const tiles = rows.flatMap((widgets, row) =>
    widgets.map((widget, i) => {
      const width = Math.floor(COLUMNS / widgets.length);
      return { ...(i && { xPos: i * width }), ...(row && { yPos: row * HEIGHT }), width, height: HEIGHT, widget };
    }),
  );
  return JSON.stringify({ displayName, mosaicLayout: { columns: COLUMNS, tiles } });
}

/** Requests, latency and instances of a service. */
export function serviceWidgets(name: string, service: ICloudRunInference, percentile: number): Widget[] {
  const series = (filter: string, aligner: string, by: string) => ({
    timeSeriesQuery: {
      timeSeriesFilter: {
        filter,
        aggregation: { alignmentPeriod: '60s', perSeriesAligner: aligner, crossSeriesReducer: 'REDUCE_SUM', groupByFields: [by] },
      },
    },
  });
  const latency = (p: number) => ({ timeSeriesQuery: { prometheusQuery: latencyQuery(service, p) }, legendTemplate: `p${p}` });
  return [
    chart(`${name}: requests per second`, [series(service.metricRequestCount(), 'ALIGN_RATE', 'metric.label.response_code_class')]),
    chart(
      `${name}: latency in milliseconds`,
      [...new Set([50, percentile])].map((p) => latency(p)),
    ),
    chart(`${name}: instances (of ${service.maxInstances})`, [series(service.metricInstanceCount(), 'ALIGN_MAX', 'metric.label.state')]),
  ];
}

/** A line chart of one or more series. */
export function chart(title: string, dataSets: readonly object[]): Widget {
  return { title, xyChart: { dataSets: dataSets.map((d) => ({ plotType: 'LINE', ...d })) } };
}

/** Entries of Cloud Logging. */
export function logs(title: string, project: string, filter: string): Widget {
  return { title, logsPanel: { filter, resourceNames: [`projects/${project}`] } };
}

/** Incidents of some alert policies. */
export function incidents(policyNames: readonly string[]): Widget {
  return { title: 'Alarms', incidentList: { policyNames } };
}
