import { compare } from '../../lib/review/compare';
import { classesOf, Snapshot } from '../../lib/review/model';
import { withPlan } from '../../lib/review/planned';

const snapshot = (stack: string, resource: object): Snapshot => ({
  kind: 'terraform',
  cloud: 'gcp',
  stack,
  file: 'cdk.tf.json',
  body: { provider: { google: [{ project: 'p' }] }, resource } as Snapshot['body'],
  paths: new Map(
    Object.entries(resource).flatMap(([type, named]) => Object.keys(named).map((name) => [`${type}.${name}`, `${stack}/${name}`])),
  ),
});
const bucket = (location: string): object => ({ google_storage_bucket: { Data: { name: 'b', location }, Logs: { name: 'l', location } } });
const BEFORE = [snapshot('app', bucket('EU')), snapshot('other', { google_pubsub_topic: { Data: { name: 'a' } } })];
const AFTER = [snapshot('app', bucket('US')), snapshot('other', { google_pubsub_topic: { Data: { name: 'b' } } })];

/** What Terraform says: one bucket is replaced, of the other nothing changes, and a third has drifted. */
const PLAN = {
  format_version: '1.2',
  resource_changes: [
    {
      address: 'google_storage_bucket.Data',
      type: 'google_storage_bucket',
      mode: 'managed',
      change: {
        actions: ['delete', 'create'],
        before: { name: 'b', location: 'EU' },
        after: { name: 'b', location: 'US' },
        after_unknown: {},
        replace_paths: [['location']],
      },
    },
    {
      address: 'google_storage_bucket.Logs',
      type: 'google_storage_bucket',
      mode: 'managed',
      change: { actions: ['no-op'], before: {}, after: {} },
    },
    {
      address: 'google_storage_bucket.Drifted',
      type: 'google_storage_bucket',
      mode: 'managed',
      change: {
        actions: ['update'],
        before: { name: 'd', location: 'EU', force_destroy: true },
        after: { name: 'd', location: 'EU', force_destroy: false },
        after_unknown: {},
      },
    },
  ],
};

test("Terraform's own verdict goes before ours, and what it does not speak of stays", () => {
  const plain = compare(BEFORE, AFTER);
  expect(plain.changes.map((c) => c.address).sort()).toEqual([
    'google_pubsub_topic.Data',
    'google_storage_bucket.Data',
    'google_storage_bucket.Logs',
  ]);
  const { changes, stacks } = withPlan(plain, PLAN, AFTER);
  expect(changes.map(({ stack, address, action }) => [stack, address, action]).sort()).toEqual([
    ['app', 'google_storage_bucket.Data', 'replace'],
    ['app', 'google_storage_bucket.Drifted', 'update'],
    ['other', 'google_pubsub_topic.Data', 'replace'],
  ]);
  const data = changes.find((c) => c.address === 'google_storage_bucket.Data')!;
  expect([data.path, data.cloud, classesOf(data).includes('replace')]).toEqual(['app/Data', 'gcp', true]);
  expect(stacks).toEqual(plain.stacks);
});

test('a plan of something else is refused', () => {
  const plan = { ...PLAN, resource_changes: [{ ...PLAN.resource_changes[0], address: 'google_storage_bucket.Elsewhere' }] };
  expect(() => withPlan(compare(BEFORE, AFTER), plan, AFTER)).toThrow('it plans resources of none of the stacks that are compared');
  expect(() => withPlan(compare(BEFORE, AFTER), {}, AFTER)).toThrow(/^this is no plan: /);
});
