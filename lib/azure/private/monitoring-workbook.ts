import { contentHash } from '../../core/naming';
import { AzureMetric } from '../inference';

/** One tile of a workbook. */
export interface Tile {
  /** Tiles are ordered by this. */
  readonly key: string;
  readonly content: unknown;
}

const AGGREGATION: { readonly [name: string]: number } = { Total: 1, Minimum: 2, Maximum: 3, Average: 4, Count: 7 };
const WORKSPACES = 'microsoft.operationalinsights/workspaces';

/** A stable id in the form of a UUID, which Azure demands. */
export function uuid(text: string): string {
  const h = contentHash(text);
  return [h.slice(0, 8), h.slice(8, 12), `5${h.slice(13, 16)}`, `8${h.slice(17, 20)}`, h.slice(20, 32)].join('-');
}

/** Text in Markdown. */
export function textTile(key: string, markdown: string): Tile {
  return { key, content: { type: 1, content: { json: markdown }, name: key } };
}

/** Result of a log query over time. */
export function queryTile(key: string, title: string, workspaceId: string, query: string): Tile {
  return {
    key,
    content: {
      type: 3,
      content: {
        version: 'KqlItem/1.0',
        query,
        size: 0,
        title,
        timeContextFromParameter: 'TimeRange',
        queryType: 0,
        resourceType: WORKSPACES,
        crossComponentResources: [workspaceId],
        visualization: 'timechart',
      },
      customWidth: '50',
      name: key,
    },
  };
}

/** Metrics of one resource over time. */
export function metricTile(key: string, title: string, metrics: readonly AzureMetric[]): Tile {
  const resourceType = metrics[0].namespace.toLowerCase();
  return {
    key,
    content: {
      type: 10,
      content: {
        chartId: `workbook${uuid(key)}`,
        version: 'MetricsItem/2.0',
        size: 0,
        chartType: 2,
        resourceType,
        metricScope: 0,
        resourceIds: [metrics[0].resourceId],
        timeContextFromParameter: 'TimeRange',
        timeContext: { durationMs: 0 },
        metrics: metrics.map((m) => ({
          namespace: resourceType,
          metric: `${resourceType}--${m.metricName}`,
          aggregation: AGGREGATION[m.aggregation],
          splitBy: null,
        })),
        title,
        gridSettings: { rowLimit: 10000 },
      },
      customWidth: '50',
      name: key,
    },
  };
}

/** A workbook as Azure keeps it: a choice of the time, the open alarms, and the tiles by their keys. */
export function workbook(title: string, resourceGroupName: string, tiles: readonly Tile[]): string {
  const hours = [1, 4, 24, 72, 168, 720];
  const items = [
    { type: 1, content: { json: `# ${title}` }, name: 'title' },
    {
      type: 9,
      content: {
        version: 'KqlParameterItem/1.0',
        parameters: [
          {
            id: uuid('TimeRange'),
            version: 'KqlParameterItem/1.0',
            name: 'TimeRange',
            label: 'Time range',
            type: 4,
            isRequired: true,
            value: { durationMs: 24 * 3_600_000 },
            typeSettings: { selectableValues: hours.map((h) => ({ durationMs: h * 3_600_000 })) },
          },
        ],
        style: 'pills',
        queryType: 0,
        resourceType: WORKSPACES,
      },
      name: 'parameters',
    },
    {
      type: 3,
      content: {
        version: 'KqlItem/1.0',
        query: `alertsmanagementresources
| where type =~ "microsoft.alertsmanagement/alerts" and properties.essentials.targetResourceGroup =~ "${resourceGroupName}"
| where properties.essentials.monitorCondition == "Fired"
| project Severity = tostring(properties.essentials.severity), Alarm = name, Since = todatetime(properties.essentials.startDateTime), Text = tostring(properties.essentials.description)
| order by Severity asc, Since desc`,
        size: 1,
        title: 'Open alarms',
        noDataMessage: 'No alarm is open.',
        noDataMessageStyle: 3,
        queryType: 1,
        resourceType: 'microsoft.resourcegraph/resources',
        crossComponentResources: ['value::all'],
        visualization: 'table',
      },
      name: 'alarms',
    },
    ...[...tiles].sort((a, b) => (a.key < b.key ? -1 : 1)).map((t) => t.content),
  ];
  return JSON.stringify({
    version: 'Notebook/1.0',
    items,
    fallbackResourceIds: ['azure monitor'],
    $schema: 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
  });
}
