import { Change, ReviewError } from '../../lib/review/model';
import { diffPlan } from '../../lib/review/plan';

type Json = { readonly [key: string]: unknown };

/** A plan that changes one bucket. */
function plan(change: Json, resource: Json = {}): Json {
  const address = 'google_storage_bucket.b';
  return {
    format_version: '1.2',
    resource_changes: [{ address, mode: 'managed', type: 'google_storage_bucket', name: 'b', change, ...resource }],
  };
}

function only(change: Json, resource: Json = {}): Change {
  const changes = diffPlan(plan(change, resource));
  expect(changes).toHaveLength(1);
  return changes[0];
}

const bucket = { name: 'a', location: 'EU' };

describe('what is no plan is refused', () => {
  test.each([null, [], 'x', {}, { format_version: '1.2', resource_changes: {} }, { resource_changes: [] }])('%j', (value) => {
    expect(() => diffPlan(value)).toThrow(
      new ReviewError('this is no plan: write one with `terraform plan -out plan.bin && terraform show -json plan.bin > plan.json`'),
    );
  });

  test('a format of another version', () => {
    expect(() => diffPlan({ format_version: '2.0', resource_changes: [] })).toThrow(
      'the plan is written in format 2.0, and only format 1 is understood',
    );
  });

  test('a plan that failed', () => {
    expect(() => diffPlan({ format_version: '1.2', errored: true })).toThrow('planning failed, so that the plan is not complete');
  });

  test('an action that nobody knows', () => {
    expect(() => diffPlan(plan({ actions: ['explode'] }))).toThrow('the plan holds an action that is not understood: explode');
  });
});

describe('actions', () => {
  test('a plan without changes has none', () => {
    expect(diffPlan({ format_version: '1.2' })).toEqual([]);
    expect(diffPlan(plan({ actions: ['no-op'], before: bucket, after: bucket }))).toEqual([]);
    expect(diffPlan(plan({ actions: ['read'], after: bucket }, { mode: 'data' }))).toEqual([]);
  });

  test('create, delete and forget', () => {
    expect(only({ actions: ['create'], before: null, after: bucket })).toEqual({
      cloud: 'gcp',
      stack: 'plan',
      address: 'google_storage_bucket.b',
      type: 'google_storage_bucket',
      action: 'add',
      replacement: 'no',
      causes: [],
      findings: [],
      after: bucket,
    });
    expect(only({ actions: ['delete'], before: bucket, after: null })).toMatchObject({ action: 'remove', before: bucket });
    expect(only({ actions: ['forget'], before: bucket, after: null })).toMatchObject({
      action: 'remove',
      advice: 'Terraform only forgets the old one: it stays deployed.',
    });
  });

  test('an update in place, with what differs', () => {
    const change = only({ actions: ['update'], before: { ...bucket, labels: { a: '1' } }, after: { ...bucket, labels: { a: '2' } } });
    expect(change).toMatchObject({
      action: 'update',
      replacement: 'no',
      causes: [{ path: 'labels.a', before: '1', after: '2', replacement: 'no' }],
    });
  });

  test('a replacement, with the paths that force it', () => {
    const after = { location: 'US', name: 'a' };
    const change = only({
      actions: ['delete', 'create'],
      before: { ...bucket, url: 'x' },
      after,
      after_unknown: { url: true },
      replace_paths: [['location']],
    });
    expect(change).toMatchObject({
      action: 'replace',
      replacement: 'yes',
      causes: [{ path: 'location', before: 'EU', after: 'US', replacement: 'yes' }],
      findings: [{ class: 'replace', why: 'It is destroyed and made again: `location` cannot be changed in place.' }],
      after: { ...after, url: '(known after apply)' },
    });
  });

  test.each([
    ['replace_because_tainted', 'A new one is made, then the old one is destroyed: the last apply left it tainted.'],
    ['replace_by_request', 'A new one is made, then the old one is destroyed: `-replace` asks for it.'],
    ['replace_by_triggers', 'A new one is made, then the old one is destroyed: `replace_triggered_by` names something that changes.'],
    [undefined, 'A new one is made, then the old one is destroyed: the provider says so.'],
  ])('a replacement because of %s', (action_reason, why) => {
    expect(only({ actions: ['create', 'delete'], before: bucket, after: bucket }, { action_reason }).findings).toEqual([
      { class: 'replace', why },
    ]);
  });

  test('a move', () => {
    const change = only({ actions: ['no-op'], before: bucket, after: bucket }, { previous_address: 'google_storage_bucket.a' });
    expect(change).toMatchObject({ action: 'move', replacement: 'no', from: 'google_storage_bucket.a', causes: [] });
  });

  test('a deferred change is said to be one', () => {
    const [resource_change] = plan({ actions: ['update'], before: bucket, after: bucket }).resource_changes as Json[];
    const [change] = diffPlan({ format_version: '1.2', deferred_changes: [{ reason: 'x', resource_change }] });
    expect(change.findings).toEqual([{ class: 'unknown', why: 'Terraform defers this change to a later plan.' }]);
  });

  test('the stack is named where the plan is told its name', () => {
    expect(diffPlan({ ...plan({ actions: ['create'], after: bucket }), stack: 'app' })[0].stack).toBe('app');
  });
});

describe('values', () => {
  test('what is only known after apply says so, where it forces a replacement', () => {
    const change = only(
      {
        actions: ['delete', 'create'],
        before: { network: 'n', name: 's' },
        after: { name: 's' },
        after_unknown: { network: true, id: true },
        replace_paths: [['network']],
      },
      { type: 'google_compute_subnetwork' },
    );
    expect(change.causes).toEqual([{ path: 'network', before: 'n', after: '(known after apply)', replacement: 'yes' }]);
  });

  test('lists are compared by place, sets whatever their order', () => {
    const type = 'azurerm_subnet';
    const before = { address_prefixes: ['a', 'b'], service_endpoints: ['x', 'y'], delegation: [{ name: 'd' }] };
    const after = { address_prefixes: ['b', 'a'], service_endpoints: ['y', 'x'], delegation: [{ name: 'e' }] };
    expect(only({ actions: ['update'], before, after }, { type }).causes.map((c) => c.path)).toEqual([
      'address_prefixes',
      'delegation[0].name',
    ]);
  });

  test('sensitive values are told apart, and neither kept nor shown', () => {
    const change = only({
      actions: ['update'],
      before: { ...bucket, key: 'one-value', other: 'same-value' },
      after: { ...bucket, key: 'two-value', other: 'same-value' },
      before_sensitive: { key: true, other: true },
      after_sensitive: { key: true, other: true },
    });
    expect(change.causes).toEqual([{ path: 'key', replacement: 'no', sensitive: true }]);
    expect(change.after).toEqual({ ...bucket, key: '(sensitive)', other: '(sensitive)' });
    expect(JSON.stringify(change)).not.toMatch(/(one|two|same)-value/);
  });

  test('what the schema marks as sensitive is hidden even where the plan does not', () => {
    const change = only(
      {
        actions: ['update'],
        before: { sensitive_labels: [{ auth_token: 'one-value' }] },
        after: { sensitive_labels: [{ auth_token: 'two-value' }] },
      },
      { type: 'google_monitoring_notification_channel' },
    );
    expect(change.causes).toEqual([{ path: 'sensitive_labels[0].auth_token', replacement: 'no', sensitive: true }]);
    expect(JSON.stringify(change)).not.toMatch(/(one|two)-value/);
  });
});
