import { Body } from '../../lib/review/model';
import { changeOf } from './classify';

const replacement = (type: string, before: Body, after: Body): string =>
  changeOf(type, { name: 'a', ...before }, { name: 'a', ...after }).replacement;
const SQL = 'google_sql_database_instance';
const SERVER = 'azurerm_postgresql_flexible_server';
const identity = (type: string): Body => ({ identity: { type } });
const network = (private_network?: string): Body => ({
  settings: { tier: 't', ip_configuration: { ipv4_enabled: false, ...(private_network && { private_network }) } },
});
const profile = (...names: string[]): Body => ({ workload_profile: names.map((name) => ({ name, workload_profile_type: 'D4' })) });

describe('what the provider replaces for some values', () => {
  test.each([
    [SERVER, { version: '16' }, { version: '15' }, 'no'],
    [SERVER, { storage_mb: 65536 }, { storage_mb: 32768 }, 'no'],
    [SERVER, { administrator_login: 'ann' }, { administrator_login: 'bob' }, 'conditional'],
    [SERVER, identity('SystemAssigned, UserAssigned'), identity('SystemAssigned'), 'no'],
    ['azurerm_redis_cache', { sku_name: 'Premium' }, { sku_name: 'Standard' }, 'no'],
    ['azurerm_servicebus_namespace', { sku: 'Basic' }, { sku: 'Premium' }, 'conditional'],
    ['azurerm_servicebus_namespace', { customer_managed_key: { key_vault_key_id: 'k' } }, {}, 'no'],
    ['azurerm_managed_lustre_file_system', { encryption_key: { key_url: 'k' } }, {}, 'no'],
    ['azurerm_container_app_environment', profile('a'), {}, 'conditional'],
    ['azurerm_storage_share', { storage_account_id: 'a' }, { storage_account_id: 'b' }, 'conditional'],
    [SQL, network('a'), network(), 'no'],
  ])('%s from %j to %j', (type, before, after, back) => {
    expect(replacement(type, before as Body, after as Body)).toBe('conditional');
    expect(replacement(type, after as Body, before as Body)).toBe(back);
  });

  test.each([
    ['azurerm_servicebus_namespace', { sku: 'Basic' }, { sku: 'Standard' }],
    ['azurerm_container_app_environment', profile('a'), profile('a', 'b')],
    [SERVER, { backup_retention_days: 7 }, { backup_retention_days: 14 }],
  ])('%s from %j to %j is updated', (type, before, after) => {
    expect(replacement(type, before as Body, after as Body)).toBe('no');
  });
});

describe('a schema of a table', () => {
  const schema = (columns: unknown, x: Body = {}): Body => ({
    table_id: 't',
    schema: typeof columns === 'string' ? columns : JSON.stringify(columns),
    ...x,
  });
  const id = { name: 'id', type: 'STRING', mode: 'REQUIRED' };
  const sqm = { name: 'sqm', type: 'FLOAT' };
  const inside = (...fields: object[]): object => ({ name: 'place', type: 'RECORD', fields });
  const tell = (before: unknown, after: unknown, x: Body = {}): string =>
    replacement('google_bigquery_table', schema(before, x), schema(after, x));

  test.each([
    ['a column is added', [id], [id, sqm]],
    ['a column is dropped', [id, sqm], [id]],
    ['a column is no longer required', [id], [{ ...id, mode: 'NULLABLE' }]],
    ['a type has another name', [id, sqm], [id, { ...sqm, type: 'float64' }]],
    ['a description differs', [sqm], [{ ...sqm, description: 'area' }]],
    ['a field is added', [inside(sqm)], [inside(sqm, { name: 'zip', type: 'STRING' })]],
    ['columns change places', [id, sqm], [sqm, id]],
  ])('is changed in place where %s', (_name, before, after) => {
    expect(tell(before, after)).toBe('no');
  });

  test.each([
    ['a column is required', [id], [id, { ...sqm, mode: 'REQUIRED' }]],
    ['a column becomes required', [sqm], [{ ...sqm, mode: 'REQUIRED' }]],
    ['a column is a list', [sqm], [{ ...sqm, mode: 'REPEATED' }]],
    ['a column is renamed', [id, sqm], [id, { ...sqm, name: 'area' }]],
    ['a column has another type', [sqm], [{ ...sqm, type: 'STRING' }]],
    ['a field is dropped', [inside(sqm, { name: 'zip', type: 'STRING' })], [inside(sqm)]],
    ['it is not known', [id], '${var.schema}'],
    ['it is no list', [id], '{}'],
  ])('may replace the table where %s', (_name, before, after) => {
    expect(tell(before, after)).toBe('conditional');
  });

  test('of rows that are elsewhere loses no column in place', () => {
    expect(tell([id, sqm], [id], { external_data_configuration: { autodetect: false } })).toBe('conditional');
  });
});
