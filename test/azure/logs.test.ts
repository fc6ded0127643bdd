import { LogWorkspace, LogWorkspaceProps } from '../../lib/azure/logs';
import { Environment } from '../../lib/core';
import { problemsOf } from '../contract/room';
import { FakeGroup, SUBSCRIPTION, synth } from './helper';

const logs = (props: Partial<LogWorkspaceProps> = {}) =>
  synth((stack) => new LogWorkspace(stack, 'Logs', { resourceGroup: new FakeGroup(stack, 'Group'), ...props }));

test('there are no shared keys, and logs are kept for 30 days', () => {
  expect(logs().only('azurerm_log_analytics_workspace')).toEqual({
    name: expect.stringMatching(/^test-logs-[0-9a-f]{8}$/),
    resource_group_name: 'ml',
    location: 'westeurope',
    sku: 'PerGB2018',
    retention_in_days: 30,
    local_authentication_enabled: false,
  });
});

test('prod keeps logs for a year', () => {
  expect(logs({ environment: Environment.PROD }).only('azurerm_log_analytics_workspace').retention_in_days).toBe(365);
});

test('retention and quota can be given', () => {
  expect(logs({ retentionDays: 90, dailyQuotaGb: 5 }).only('azurerm_log_analytics_workspace')).toMatchObject({
    retention_in_days: 90,
    daily_quota_gb: 5,
  });
});

test('fails for a retention that Azure does not offer, and for no quota at all', () => {
  expect(problemsOf(() => logs({ retentionDays: 7, dailyQuotaGb: 0 }))).toMatchObject([
    {
      prop: 'retentionDays',
      value: 7,
      reason: 'a Log Analytics workspace allows 30 to 730',
      instead: 'write a number from 30 to 730',
    },
    { prop: 'dailyQuotaGb', value: 0, instead: 'write a number above 0, or leave it out for no limit' },
  ]);
});

test('an output shows the logs', () => {
  expect(logs().output('Logs_QueryCommand')).toMatch(/^az monitor log-analytics query --workspace /);
});

test('an existing workspace is known by its id', () => {
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ops/providers/Microsoft.OperationalInsights/workspaces/all`;
  const s = synth((stack) => expect(LogWorkspace.fromLogWorkspaceAttributes(stack, 'Logs', { workspaceId: id }).workspaceId).toBe(id));
  expect(s.resources).toEqual([]);
  expect(() => synth((stack) => LogWorkspace.fromLogWorkspaceAttributes(stack, 'Logs', { workspaceId: 'all' }))).toThrow(
    'azure.LogWorkspace \'test/Logs\': workspaceId "all": not the id of a Microsoft.OperationalInsights/workspaces; ' +
      'write /subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.OperationalInsights/workspaces/<name>',
  );
});
