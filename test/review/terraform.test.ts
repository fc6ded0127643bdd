import { Body, Change, Snapshot } from '../../lib/review/model';
import { diffTerraform } from '../../lib/review/terraform';

type Resources = { readonly [address: string]: { readonly [name: string]: unknown } };

/** A stack of these resources (`type.name`), data sources (`data.type.name`), and other sections. */
function stack(resources: Resources, sections: Body = {}): Snapshot {
  const none = (): { [type: string]: { [name: string]: unknown } } => Object.create(null);
  const body: { [section: string]: { [type: string]: { [name: string]: unknown } } } = { resource: none(), data: none() };
  for (const [address, attributes] of Object.entries(resources)) {
    const [section, rest] = address.startsWith('data.') ? (['data', address.slice(5)] as const) : (['resource', address] as const);
    const [type, name] = rest.split('.');
    (body[section][type] ??= {})[name] = attributes;
  }
  const paths = new Map(Object.keys(resources).map((address) => [address, `App/${address.split('.')[1]}`]));
  return { kind: 'terraform', cloud: 'gcp', stack: 'app', file: 'cdk.tf.json', body: { ...body, ...sections }, paths };
}

function diff(before: Resources, after: Resources, was: Body = {}, is: Body = was): Change[] {
  return diffTerraform(stack(before, was), stack(after, is));
}

/** The only change, of the resource `it`. */
function only(type: string, before: Body, after: Body): Change | undefined {
  const changes = diff({ [`${type}.it`]: before }, { [`${type}.it`]: after });
  expect(changes.length).toBeLessThan(2);
  return changes[0];
}

const brief = (changes: readonly Change[]): string[] => changes.map((c) => `${c.action} ${c.address} (${c.replacement})`);

describe('what is compared', () => {
  test('equal stacks have no changes', () => {
    const one = { 'google_storage_bucket.b': { name: 'a', location: 'EU' } };
    expect(diff(one, structuredClone(one))).toEqual([]);
  });

  test('a stack that is new adds every resource, one that is gone removes every resource', () => {
    const one = stack({ 'google_storage_bucket.b': { name: 'a', location: 'EU' } });
    expect(brief(diffTerraform(undefined, one))).toEqual(['add google_storage_bucket.b (no)']);
    expect(brief(diffTerraform(one, undefined))).toEqual(['remove google_storage_bucket.b (no)']);
    expect(diffTerraform(undefined, undefined)).toEqual([]);
  });

  test('a change has its cloud by its type, its stack, its address, its construct path, and both bodies', () => {
    expect(only('azurerm_resource_group', { name: 'a', location: 'x' }, { name: 'a', location: 'x', tags: { team: 'b' } })).toEqual({
      cloud: 'azure',
      stack: 'app',
      address: 'azurerm_resource_group.it',
      path: 'App/it',
      type: 'azurerm_resource_group',
      action: 'update',
      replacement: 'no',
      causes: [{ path: 'tags.team', after: 'b', replacement: 'no' }],
      findings: [],
      before: { name: 'a', location: 'x' },
      after: { name: 'a', location: 'x', tags: { team: 'b' } },
    });
  });

  test('what cdktf writes about a resource, and the order of creation, are no changes', () => {
    const bucket = { name: 'a', location: 'EU' };
    expect(
      only('google_storage_bucket', { ...bucket, '//': { x: 1 }, depends_on: ['a.b'] }, { ...bucket, '//': { x: 2 } }),
    ).toBeUndefined();
  });

  test('a resource of a type that is named like a property of every object is of an unknown type', () => {
    expect(only('constructor', { a: 1 }, { a: 2 })).toMatchObject({ action: 'update', replacement: 'unknown' });
  });
});

describe('attributes', () => {
  const bucket = { name: 'a', location: 'EU' };

  test('an attribute that forces replacement does, with the reason', () => {
    expect(only('google_storage_bucket', bucket, { ...bucket, location: 'US' })).toMatchObject({
      action: 'replace',
      replacement: 'yes',
      causes: [{ path: 'location', before: 'EU', after: 'US', replacement: 'yes' }],
      findings: [{ class: 'replace', why: 'It is destroyed and made again: `location` cannot be changed in place.' }],
    });
  });

  test('one that does not is updated in place', () => {
    expect(only('google_storage_bucket', bucket, { ...bucket, storage_class: 'NEARLINE' })).toMatchObject({
      action: 'update',
      replacement: 'no',
      // The provider's default stands for what was not declared.
      causes: [{ path: 'storage_class', before: 'STANDARD', after: 'NEARLINE', replacement: 'no' }],
    });
  });

  test.each([
    ['a default that is declared', { ...bucket, force_destroy: false }],
    ['a boolean as text', { ...bucket, force_destroy: 'false' }],
    ['null', { ...bucket, storage_class: null }],
    ['an empty map', { ...bucket, labels: {} }],
  ])('%s is no change', (_what, after) => {
    expect(only('google_storage_bucket', bucket, after)).toBeUndefined();
  });

  test('a number is the same as text', () => {
    const plan = { name: 'p', worker_count: 2 };
    expect(only('azurerm_service_plan', plan, { ...plan, worker_count: '2' })).toBeUndefined();
  });

  test('what the provider computes stays as it was when it is no longer declared', () => {
    const account = { name: 'a', account_tier: 'Standard', access_tier: 'Cool' };
    expect(only('azurerm_storage_account', account, { name: 'a', account_tier: 'Standard' })).toBeUndefined();
  });

  test('what the provider chose may be what is declared now: conditional', () => {
    const network = { name: 'n' };
    expect(only('google_compute_network', network, { ...network, project: 'p' })).toMatchObject({
      action: 'replace',
      replacement: 'conditional',
      findings: [{ class: 'replace', conditional: true }],
    });
  });

  test('an attribute that goes and has a default takes the default', () => {
    const account = { name: 'a', min_tls_version: 'TLS1_3' };
    expect(only('azurerm_storage_account', account, { name: 'a' })?.causes).toEqual([
      { path: 'min_tls_version', before: 'TLS1_3', after: 'TLS1_2', replacement: 'no' },
    ]);
  });

  test('maps are compared entry by entry, with keys that hold dots in brackets', () => {
    const change = only('google_storage_bucket', { ...bucket, labels: { a: '1', b: '2' } }, { ...bucket, labels: { a: '1', 'c.d': '3' } });
    expect(change?.causes).toEqual([
      { path: 'labels.b', before: '2', replacement: 'no' },
      { path: 'labels["c.d"]', after: '3', replacement: 'no' },
    ]);
  });

  test('a set of values has no order, a list has one', () => {
    const subnet = { name: 's', service_endpoints: ['a', 'b'], address_prefixes: ['x', 'y'] };
    expect(only('azurerm_subnet', subnet, { ...subnet, service_endpoints: ['b', 'a'] })).toBeUndefined();
    expect(only('azurerm_subnet', subnet, { ...subnet, address_prefixes: ['y', 'x'] })).toMatchObject({ action: 'update' });
  });

  test('an attribute that the schema does not have is unknown, never safe', () => {
    expect(only('google_storage_bucket', bucket, { ...bucket, brand_new: 1 })).toMatchObject({
      action: 'update',
      replacement: 'unknown',
      findings: [{ class: 'unknown', why: "The provider's schema has no `brand_new`: what a change of it does is only seen in a plan." }],
    });
  });

  test('a type outside the table is unknown, whatever happens to it', () => {
    expect(only('azuredevops_project', { name: 'a', x: { y: [1] } }, { name: 'a', x: { y: [2] } })).toMatchObject({
      action: 'update',
      replacement: 'unknown',
      causes: [{ path: 'x.y[0]', before: 1, after: 2, replacement: 'unknown' }],
      findings: [
        {
          class: 'unknown',
          why: 'Nothing is known of the type azuredevops_project: whether a change of `x.y[0]` replaces it is only seen in a plan.',
        },
      ],
    });
    expect(brief(diff({ 'aws_thing.a': {} }, { 'aws_thing.b': { c: 1 } }))).toEqual([
      'add aws_thing.b (unknown)',
      'remove aws_thing.a (unknown)',
    ]);
  });

  test('times that an operation may take replace nothing', () => {
    expect(only('google_storage_bucket', bucket, { ...bucket, timeouts: { create: '5m' } })).toMatchObject({
      action: 'update',
      replacement: 'no',
    });
  });
});

describe('blocks', () => {
  const service = (containers: unknown, more: Body = {}): Body => ({ name: 's', location: 'l', template: { containers, ...more } });

  test('a block written alone is the same as a list of it', () => {
    expect(only('google_cloud_run_v2_service', service({ image: 'a' }), service([{ image: 'a' }]))).toBeUndefined();
  });

  test('an attribute in a block is named by its path', () => {
    expect(only('google_cloud_run_v2_service', service([{ image: 'a' }]), service([{ image: 'b' }]))?.causes).toEqual([
      { path: 'template[0].containers[0].image', before: 'a', after: 'b', replacement: 'no' },
    ]);
  });

  test('a block that comes is one cause', () => {
    expect(only('google_cloud_run_v2_service', service([{ image: 'a' }]), service([{ image: 'a' }, { image: 'b' }]))?.causes).toEqual([
      { path: 'template[0].containers[1]', after: { image: 'b' }, replacement: 'no' },
    ]);
  });

  test('a block that comes and forces replacement does', () => {
    const topic = { name: 'connection', service_resource_id: 'x' };
    const endpoint = { ...topic, ip_configuration: { name: 'a', private_ip_address: '10.0.0.4' } };
    expect(only('azurerm_private_endpoint', topic, endpoint)).toMatchObject({ action: 'replace', replacement: 'yes' });
  });

  test('blocks that are a set have no order, and only those that differ are named', () => {
    const rule = (name: string): Body => ({ name, priority: 100, direction: 'Inbound', access: 'Deny', protocol: '*' });
    const group = (...security_rule: Body[]): Body => ({ name: 'g', location: 'l', security_rule });
    expect(only('azurerm_network_security_group', group(rule('a'), rule('b')), group(rule('b'), rule('a')))).toBeUndefined();
    expect(only('azurerm_network_security_group', group(rule('a'), rule('b')), group(rule('b'), rule('c')))?.causes).toEqual([
      { path: 'security_rule', before: [rule('a')], after: [rule('c')], replacement: 'no' },
    ]);
  });

  test('a default in an element of a set is no difference', () => {
    const env = (variable: Body): Body => service([{ image: 'a', env: [variable, { name: 'B', value: '1' }] }]);
    expect(only('google_cloud_run_v2_service', env({ name: 'A' }), env({ name: 'A', value: '' }))).toBeUndefined();
  });

  test('a computed block that is no longer declared may stay: an update, and said to be unclear', () => {
    const account = { name: 'a', account_tier: 'Standard' };
    const change = only('azurerm_storage_account', { ...account, network_rules: { default_action: 'Deny' } }, account);
    expect(change).toMatchObject({ action: 'update', replacement: 'no', findings: [{ class: 'unknown', conditional: true }] });
  });

  test('blocks that are set like attributes stay when they are no longer declared, and go when they are declared empty', () => {
    const group = { name: 'g', location: 'l' };
    const rules = { security_rule: [{ name: 'a' }] };
    expect(only('azurerm_network_security_group', { ...group, ...rules }, group)).toBeUndefined();
    expect(only('azurerm_network_security_group', { ...group, ...rules }, { ...group, security_rule: [] })).toMatchObject({
      action: 'update',
    });
  });
});

describe('references', () => {
  const network = { name: 'n', project: 'p' };
  const subnetwork = { name: 's', project: 'p', region: 'r', ip_cidr_range: '10.0.0.0/20', network: '${google_compute_network.n.id}' };
  const pair = (n: Body, s: Body = subnetwork): Resources => ({ 'google_compute_network.n': n, 'google_compute_subnetwork.s': s });

  test('what only the cloud knows of a resource that is replaced replaces what it forces to be', () => {
    const changes = diff(pair(network), pair({ ...network, name: 'other' }));
    expect(brief(changes)).toEqual(['replace google_compute_network.n (yes)', 'replace google_compute_subnetwork.s (yes)']);
    expect(changes[1].causes).toEqual([
      {
        path: 'network',
        before: '${google_compute_network.n.id}',
        after: '${google_compute_network.n.id} (known after apply)',
        replacement: 'yes',
      },
    ]);
    expect(changes[1].findings[0].why).toBe(
      'It is destroyed and made again: `network` cannot be changed in place (google_compute_network.n is new, and its attributes are only known after apply).',
    );
  });

  test('of a resource that is updated in place it stays known', () => {
    expect(brief(diff(pair(network), pair({ ...network, routing_mode: 'GLOBAL' })))).toHaveLength(1);
  });

  test('a declared attribute is followed to its value', () => {
    const by = { ...subnetwork, network: '${google_compute_network.n.name}' };
    // The name is what it was, so that the replaced network has the same.
    expect(brief(diff(pair(network, by), pair({ ...network, routing_mode: 'GLOBAL' }, by)))).toEqual([
      'update google_compute_network.n (no)',
    ]);
    expect(diff(pair(network, by), pair({ ...network, name: 'x' }, by))[1].causes).toEqual([
      { path: 'network', before: 'n', after: 'x', replacement: 'yes' },
    ]);
    expect(diff(pair(network, by), pair(network, { ...by, network: 'n' }))).toEqual([]);
  });

  test('a reference within a text makes the text unknown', () => {
    const alert = { display_name: 'a', combiner: 'OR', documentation: { content: 'see ${google_compute_network.n.id}' } };
    const of = (n: Body): Resources => ({ 'google_compute_network.n': n, 'google_monitoring_alert_policy.a': alert });
    expect(brief(diff(of(network), of({ ...network, name: 'x' })))[1]).toBe('update google_monitoring_alert_policy.a (no)');
  });

  test('a function of known values that is written otherwise may have the same result', () => {
    const by = (network: string): Body => ({ ...subnetwork, network });
    const one = by('${element(split("/", google_compute_network.n.id), 3)}');
    const two = by('${element(split("/", google_compute_network.n.id), 4)}');
    expect(brief(diff(pair(network, one), pair(network, two)))).toEqual(['replace google_compute_subnetwork.s (conditional)']);
    expect(diff(pair(network, one), pair(network, one))).toEqual([]);
  });

  test('text in an escaped brace is text', () => {
    const of = (source_contents: string): Resources => ({ 'google_workflows_workflow.w': { name: 'w', source_contents } });
    expect(diff(of('$${google_compute_network.n.id}'), of('$${google_compute_network.n.id}'))).toEqual([]);
    expect(diff(of('$${a}'), of('$${b}'))[0].causes).toEqual([
      { path: 'source_contents', before: '${a}', after: '${b}', replacement: 'no' },
    ]);
  });

  test('variables and locals are followed', () => {
    const by = { ...subnetwork, network: '${local.net}' };
    const sections = (name: string): Body => ({ locals: { net: '${var.net}' }, variable: { net: { default: name } } });
    const changes = diff({ 'google_compute_subnetwork.s': by }, { 'google_compute_subnetwork.s': by }, sections('a'), sections('b'));
    expect(changes[0].causes).toEqual([{ path: 'network', before: 'a', after: 'b', replacement: 'yes' }]);
  });

  test('a data source is read anew only after what it depends on has changed', () => {
    const by = { ...subnetwork, network: '${data.google_compute_network.d.id}' };
    const of = (n: Body, data: Body): Resources => ({
      'google_compute_network.n': n,
      'data.google_compute_network.d': data,
      'google_compute_subnetwork.s': by,
    });
    const renamed = { ...network, name: 'x' };
    expect(brief(diff(of(network, { name: 'd' }), of(renamed, { name: 'd' })))).toHaveLength(1);
    expect(
      brief(diff(of(network, { name: '${google_compute_network.n.id}' }), of(renamed, { name: '${google_compute_network.n.id}' })))[1],
    ).toBe('replace google_compute_subnetwork.s (yes)');
    const waits = { name: 'd', depends_on: ['google_compute_network.n'] };
    expect(brief(diff(of(network, waits), of(renamed, waits)))[1]).toBe('replace google_compute_subnetwork.s (yes)');
  });

  test('what is not known stays unknown on the way through another resource', () => {
    const of = (name: string): Resources => ({
      'google_compute_network.n': { ...network, name },
      'google_pubsub_topic.t': { name: 't', project: 'p', labels: { net: '${google_compute_network.n.id}' } },
      'google_service_account.a': { account_id: '${google_pubsub_topic.t.labels.net}', project: 'p' },
    });
    expect(brief(diff(of('a'), of('b')))).toEqual([
      'replace google_compute_network.n (yes)',
      'update google_pubsub_topic.t (no)',
      'replace google_service_account.a (yes)',
    ]);
  });

  test.each(['${google_pubsub_topic.t[*].labels}', '${jsonencode(google_pubsub_topic.t)}'])(
    '%s changes with what it is made of',
    (account_id) => {
      const of = (label: string): Resources => ({
        'google_pubsub_topic.t': { name: 't', project: 'p', labels: { label } },
        'google_service_account.a': { account_id, project: 'p' },
      });
      expect(brief(diff(of('a'), of('b')))[1]).toBe('replace google_service_account.a (conditional)');
      expect(diff(of('a'), of('a'))).toEqual([]);
    },
  );

  test('a data source that looks for something else may find something else', () => {
    const of = (name: string): Resources => ({
      'data.google_compute_network.d': { name },
      'google_compute_subnetwork.s': { ...subnetwork, network: '${data.google_compute_network.d.id}' },
    });
    expect(brief(diff(of('a'), of('b')))).toEqual(['replace google_compute_subnetwork.s (conditional)']);
  });

  test('chains of thousands of references are followed', () => {
    const chain = (first: string): Resources =>
      Object.fromEntries(
        Array.from({ length: 5000 }, (_, i) => [
          `google_service_account.a${i}`,
          { account_id: i ? `\${google_service_account.a${i - 1}.account_id}` : first, project: 'p' },
        ]).reverse(),
      );
    expect(diff(chain('a'), chain('b'))).toHaveLength(5000);
  });
});

describe('lifecycle', () => {
  const service = (image: string, lifecycle?: Body): Body => ({ name: 's', location: 'l', template: { containers: { image } }, lifecycle });

  test('changes that are ignored are none, at any depth', () => {
    const ignore = { ignore_changes: ['template[0].containers[0].image'] };
    expect(only('google_cloud_run_v2_service', service('a', ignore), service('b', ignore))).toBeUndefined();
    expect(only('google_cloud_run_v2_service', service('a', ignore), { ...service('b', ignore), location: 'm' })?.causes).toHaveLength(1);
  });

  test.each(['all', ['all']])('ignore_changes %j ignores everything', (ignore_changes) => {
    const bucket = { name: 'a', location: 'EU', lifecycle: { ignore_changes } };
    expect(only('google_storage_bucket', bucket, { ...bucket, location: 'US' })).toBeUndefined();
  });

  test('an entry of a map is ignored alone', () => {
    const bucket = { name: 'a', location: 'EU', labels: { a: '1', b: '1' }, lifecycle: { ignore_changes: ['labels["a"]'] } };
    expect(only('google_storage_bucket', bucket, { ...bucket, labels: { a: '2', b: '2' } })?.causes).toEqual([
      { path: 'labels.b', before: '1', after: '2', replacement: 'no' },
    ]);
  });

  test('a protected resource cannot be replaced: said, with the way out', () => {
    const bucket = { name: 'a', location: 'EU', lifecycle: { prevent_destroy: true } };
    const change = only('google_storage_bucket', bucket, { ...bucket, location: 'US' });
    expect(change?.findings[1]).toEqual({ class: 'replace', why: '`prevent_destroy` is set: Terraform refuses the whole plan.' });
    expect(change?.advice).toBe('Take back the change of location, or lift `prevent_destroy` first.');
  });

  test('a protection that is lifted is told, though Terraform does nothing about it yet', () => {
    const bucket = { name: 'a', location: 'EU' };
    expect(only('google_storage_bucket', { ...bucket, lifecycle: { prevent_destroy: true } }, bucket)).toMatchObject({
      action: 'update',
      replacement: 'no',
      causes: [{ path: 'lifecycle.prevent_destroy', before: true, replacement: 'no' }],
      findings: [{ class: 'data-loss', why: '`prevent_destroy` protects it no longer: a later change may destroy it.', conditional: true }],
    });
    expect(only('google_storage_bucket', bucket, { ...bucket, lifecycle: { prevent_destroy: true } })).toBeUndefined();
  });

  test('changes that are no longer ignored are put back', () => {
    const bucket = { name: 'a', location: 'EU', lifecycle: { ignore_changes: ['labels', 'storage_class'] } };
    expect(only('google_storage_bucket', bucket, { ...bucket, lifecycle: { ignore_changes: ['storage_class'] } })?.findings).toEqual([
      {
        class: 'unknown',
        why: 'Changes of `labels` from elsewhere are ignored no longer: what has been deployed there since is put back to what is declared.',
        conditional: true,
      },
    ]);
    expect(only('google_storage_bucket', bucket, { ...bucket, lifecycle: { ignore_changes: 'all' } })).toBeUndefined();
  });

  test('a protected resource that is no longer declared is not protected', () => {
    const bucket = { name: 'a', location: 'EU', lifecycle: { prevent_destroy: true } };
    expect(diff({ 'google_storage_bucket.b': bucket }, {})[0]).toMatchObject({
      action: 'remove',
      advice: expect.stringContaining('removed { from = google_storage_bucket.b, lifecycle { destroy = false } }'),
    });
  });

  test('a resource that is only forgotten says so', () => {
    const sections = { removed: [{ from: 'google_storage_bucket.b', lifecycle: { destroy: false } }] };
    expect(diff({ 'google_storage_bucket.b': { name: 'a' } }, {}, {}, sections)[0].advice).toMatch(/^A `removed` block keeps it/);
  });

  test('the order of replacement is told', () => {
    const bucket = { name: 'a', location: 'EU', lifecycle: { create_before_destroy: true } };
    expect(only('google_storage_bucket', bucket, { ...bucket, location: 'US' })?.findings[0].why).toMatch(
      /^A new one is made, then the old one is destroyed/,
    );
  });

  test.each([
    ['google_storage_bucket.b', 'a resource'],
    ['${google_storage_bucket.b.storage_class}', 'an attribute of one'],
  ])('replace_triggered_by %s replaces with %s', (trigger) => {
    const bucket = { name: 'a', location: 'EU' };
    const topic = { name: 't', lifecycle: { replace_triggered_by: [trigger] } };
    const of = (b: Body): Resources => ({ 'google_storage_bucket.b': b, 'google_pubsub_topic.t': topic });
    expect(brief(diff(of(bucket), of({ ...bucket, storage_class: 'NEARLINE' })))[1]).toBe('replace google_pubsub_topic.t (yes)');
    expect(brief(diff(of(bucket), of(bucket)))).toEqual([]);
  });

  test('terraform_data is replaced by its triggers, and gives on its input', () => {
    const data = { input: 'a', triggers_replace: 't' };
    const topic = { name: 't', labels: { x: '${terraform_data.d.output}' } };
    const of = (d: Body): Resources => ({ 'terraform_data.d': d, 'google_pubsub_topic.t': topic });
    expect(brief(diff(of(data), of({ ...data, triggers_replace: 'u' })))).toEqual([
      'replace terraform_data.d (yes)',
      'update google_pubsub_topic.t (no)',
    ]);
    expect(brief(diff(of(data), of({ ...data, input: 'b' })))).toEqual([
      'update terraform_data.d (no)',
      'update google_pubsub_topic.t (no)',
    ]);
    expect(diff(of(data), of({ ...data, provisioner: [{ 'local-exec': { command: 'x' } }] }))).toEqual([]);
  });

  test('count decides which instances there are', () => {
    expect(only('google_pubsub_topic', { name: 't', count: 1 }, { name: 't', count: 0 })).toMatchObject({
      replacement: 'conditional',
      causes: [{ path: 'count', before: 1, after: 0, replacement: 'conditional' }],
    });
  });
});

describe('renames', () => {
  const bucket = { name: 'a', location: 'EU' };

  test('the same under another address is a move, with the block that avoids the replacement', () => {
    expect(diff({ 'google_storage_bucket.a': bucket }, { 'google_storage_bucket.b': bucket })).toEqual([
      expect.objectContaining({
        action: 'move',
        address: 'google_storage_bucket.b',
        path: 'App/b',
        from: 'google_storage_bucket.a',
        replacement: 'yes',
        advice: 'moved {\n  from = google_storage_bucket.a\n  to   = google_storage_bucket.b\n}',
        before: bucket,
        after: bucket,
      }),
    ]);
  });

  test('what refers to each other is renamed together', () => {
    const of = (n: string): Resources => ({
      [`google_service_account.${n}`]: { account_id: 'a', project: 'p' },
      [`google_project_iam_member.${n}`]: { project: 'p', role: 'r', member: `\${google_service_account.${n}.member}` },
    });
    expect(diff(of('a'), of('b')).map((c) => [c.action, c.from])).toEqual([
      ['move', 'google_service_account.a'],
      ['move', 'google_project_iam_member.a'],
    ]);
  });

  test('what declares something else is no rename', () => {
    expect(brief(diff({ 'google_storage_bucket.a': bucket }, { 'google_storage_bucket.b': { ...bucket, name: 'b' } }))).toEqual([
      'add google_storage_bucket.b (no)',
      'remove google_storage_bucket.a (no)',
    ]);
  });

  const moved = { moved: [{ from: 'google_storage_bucket.a', to: 'google_storage_bucket.b' }] };
  const iam = (n: string): Body => ({ bucket: `\${google_storage_bucket.${n}.id}`, role: 'r', member: 'm' });

  test('a moved block is honoured, and what refers to the resource stays', () => {
    const of = (n: string): Resources => ({ [`google_storage_bucket.${n}`]: bucket, 'google_storage_bucket_iam_member.m': iam(n) });
    expect(diff(of('a'), of('b'), {}, moved)).toEqual([
      expect.objectContaining({ action: 'move', replacement: 'no', from: 'google_storage_bucket.a', causes: [], findings: [] }),
    ]);
  });

  test('without one, what refers to the resource is replaced, too, and says how to avoid it', () => {
    const of = (n: string): Resources => ({ [`google_storage_bucket.${n}`]: bucket, 'google_storage_bucket_iam_member.m': iam(n) });
    const changes = diff(of('a'), of('b'));
    expect(brief(changes).sort()).toEqual(['move google_storage_bucket.b (yes)', 'replace google_storage_bucket_iam_member.m (yes)']);
    expect(changes.find((c) => c.action === 'replace')?.advice).toContain('a `moved` block');
  });

  test('a resource that is moved and changed keeps both', () => {
    const changes = diff({ 'google_storage_bucket.a': bucket }, { 'google_storage_bucket.b': { ...bucket, location: 'US' } }, {}, moved);
    expect(changes).toEqual([expect.objectContaining({ action: 'replace', from: 'google_storage_bucket.a', replacement: 'yes' })]);
  });

  test('moved blocks in a row, and in a circle', () => {
    const chain = {
      moved: [
        { from: 'google_storage_bucket.a', to: 'google_storage_bucket.x' },
        { from: 'google_storage_bucket.x', to: 'google_storage_bucket.b' },
      ],
    };
    expect(diff({ 'google_storage_bucket.a': bucket }, { 'google_storage_bucket.b': bucket }, {}, chain)[0]).toMatchObject({
      action: 'move',
      replacement: 'no',
    });
    const circle = {
      moved: [
        { from: 'google_storage_bucket.a', to: 'google_storage_bucket.x' },
        { from: 'google_storage_bucket.x', to: 'google_storage_bucket.a' },
      ],
    };
    expect(diff({ 'google_storage_bucket.a': bucket }, { 'google_storage_bucket.a': bucket }, {}, circle)).toEqual([]);
  });
});

describe('the provider and what is around the resources', () => {
  const topic = { 'google_pubsub_topic.t': { name: 't', labels: { own: '1' } } };
  const google = (raw: Body): Body => ({ provider: { google: [raw] } });

  test('another project of the provider may replace what does not name its own', () => {
    const changes = diff(topic, topic, google({ project: 'a' }), google({ project: 'b' }));
    expect(brief(changes)).toEqual(['replace google_pubsub_topic.t (conditional)', 'update provider.google (no)']);
    const named = { 'google_pubsub_topic.t': { name: 't', project: 'p' } };
    expect(brief(diff(named, named, google({ project: 'a' }), google({ project: 'b' })))).toEqual(['update provider.google (no)']);
  });

  test('labels of the provider reach everything that has labels, but for its own', () => {
    const changes = diff(
      topic,
      topic,
      google({ default_labels: { team: 'a', own: 'x' } }),
      google({ default_labels: { team: 'b', own: 'y' } }),
    );
    expect(changes[0].causes).toEqual([{ path: 'terraform_labels.team', before: 'a', after: 'b', replacement: 'no' }]);
  });

  test('another subscription may replace everything', () => {
    const group = { 'azurerm_resource_group.g': { name: 'g', location: 'l' } };
    const azure = (subscription_id: string): Body => ({ provider: { azurerm: { subscription_id, features: {} } } });
    expect(brief(diff(group, group, azure('a'), azure('b')))[0]).toBe('replace azurerm_resource_group.g (conditional)');
  });

  test('what is not known of a provider is said', () => {
    expect(diff(topic, topic, google({ batching: { a: 1 } }), google({ batching: { a: 2 } }))[0].findings[0].class).toBe('unknown');
  });

  test('another version of the provider makes what seems safe unknown, and nothing safer', () => {
    const version = (v: string): Body => ({ terraform: { required_providers: { google: { source: 'google', version: v } } } });
    const bucket = { 'google_storage_bucket.b': { name: 'a', location: 'EU' } };
    const to = (location: string, storage_class: string): Resources => ({
      'google_storage_bucket.b': { name: 'a', location, storage_class },
    });
    expect(brief(diff(bucket, to('EU', 'NEARLINE'), version('7.1.0')))).toEqual(['update google_storage_bucket.b (unknown)']);
    expect(brief(diff(bucket, to('US', 'NEARLINE'), version('7.1.0')))).toEqual(['replace google_storage_bucket.b (yes)']);
    expect(brief(diff(bucket, to('EU', 'NEARLINE'), version('6.50.0')))).toEqual(['update google_storage_bucket.b (no)']);
  });

  test('modules are not looked into', () => {
    expect(diff({}, {}, { module: { m: { source: 'a' } } }, { module: { m: { source: 'b' } } })).toEqual([
      expect.objectContaining({
        address: 'module.m',
        action: 'update',
        replacement: 'unknown',
        causes: [{ path: 'source', before: 'a', after: 'b', replacement: 'unknown' }],
      }),
    ]);
  });

  test('a state that is kept elsewhere is told', () => {
    const backend = (bucket: string): Body => ({ terraform: { backend: { gcs: { bucket } } } });
    expect(diff({}, {}, backend('a'), backend('b'))[0]).toMatchObject({ address: 'terraform.backend', replacement: 'unknown' });
  });
});

describe('secrets', () => {
  test('a sensitive attribute is named, and neither value is kept', () => {
    const channel = (auth_token: string): Body => ({ type: 'slack', sensitive_labels: { auth_token } });
    const change = only('google_monitoring_notification_channel', channel('one-value'), channel('two-value'));
    expect(change?.causes).toEqual([{ path: 'sensitive_labels[0].auth_token', replacement: 'no', sensitive: true }]);
    expect(JSON.stringify(change)).not.toMatch(/(one|two)-value/);
  });

  test.each([
    ['an entry of a map', (v: string) => ({ name: 'w', app_settings: { DB_PASSWORD: v } }), 'azurerm_linux_web_app'],
    ['an attribute of an unknown type', (v: string) => ({ name: 's', client_secret: v }), 'azuread_thing'],
  ])('%s that sounds like one is hidden', (_what, body, type) => {
    const change = only(type, body('one-value'), body('two-value'));
    expect(change?.causes).toEqual([expect.objectContaining({ sensitive: true })]);
    expect(JSON.stringify(change)).not.toMatch(/(one|two)-value/);
  });

  test('a variable of a container that sounds like one is masked', () => {
    const service = (value: string): Body => ({ name: 's', template: { containers: { env: [{ name: 'API_TOKEN', value }] } } });
    const change = only('google_cloud_run_v2_service', service('one-value'), service('two-value'));
    expect(change?.causes.map((c) => c.path)).toEqual(['template[0].containers[0].env']);
    expect(JSON.stringify(change)).not.toMatch(/(one|two)-value/);
  });

  test('a sensitive variable and what refers to it are hidden', () => {
    const topic = { 'google_pubsub_topic.t': { name: 'x-${var.v}' } };
    const of = (value: string): Body => ({ variable: { v: { default: value, sensitive: true } } });
    const [change] = diff(topic, topic, of('one-value'), of('two-value'));
    expect(change).toMatchObject({ action: 'replace', causes: [{ path: 'name', replacement: 'yes', sensitive: true }] });
    expect(JSON.stringify(change)).not.toMatch(/(one|two)-value/);
  });
});

describe('conditions that the provider decides by the values', () => {
  const account = { name: 'a', account_tier: 'Standard' };

  test.each([
    ['azurerm_storage_account', { account_replication_type: 'LRS' }, { account_replication_type: 'ZRS' }, 'conditional'],
    ['azurerm_storage_account', { account_replication_type: 'LRS' }, { account_replication_type: 'GRS' }, 'no'],
    ['azurerm_storage_account', { account_kind: 'StorageV2' }, { account_kind: 'BlobStorage' }, 'conditional'],
    ['azurerm_storage_account', { account_kind: 'Storage' }, { account_kind: 'StorageV2' }, 'no'],
    ['azurerm_log_analytics_workspace', { sku: 'PerGB2018' }, { sku: 'Standalone' }, 'conditional'],
    ['azurerm_log_analytics_workspace', { sku: 'PerGB2018' }, { sku: 'CapacityReservation' }, 'no'],
    ['azurerm_service_plan', { worker_count: 1 }, { worker_count: 1, zone_balancing_enabled: true }, 'conditional'],
    ['azurerm_service_plan', { worker_count: 2 }, { worker_count: 2, zone_balancing_enabled: true }, 'no'],
    ['azurerm_public_ip', { domain_name_label_scope: 'TenantReuse' }, {}, 'conditional'],
    ['azurerm_public_ip', {}, { domain_name_label_scope: 'TenantReuse' }, 'no'],
    ['google_compute_subnetwork', { ip_cidr_range: '10.0.0.0/20' }, { ip_cidr_range: '10.0.0.0/22' }, 'conditional'],
    ['google_compute_subnetwork', { ip_cidr_range: '10.0.0.0/20' }, { ip_cidr_range: '10.1.0.0/16' }, 'conditional'],
    ['google_compute_subnetwork', { ip_cidr_range: '10.0.0.0/20' }, { ip_cidr_range: '10.0.0.0/16' }, 'no'],
    ['google_storage_bucket', { retention_policy: { is_locked: true } }, { retention_policy: { is_locked: false } }, 'conditional'],
    ['google_storage_bucket', { retention_policy: { is_locked: true } }, {}, 'conditional'],
    ['google_storage_bucket', { retention_policy: { is_locked: false } }, { retention_policy: { is_locked: true } }, 'no'],
  ])('%s from %j to %j: %s', (type, before, after, expected) => {
    const change = only(type, { ...account, ...before } as Body, { ...account, ...after } as Body);
    expect(change?.replacement).toBe(expected);
    expect(change?.action).toBe(expected === 'no' ? 'update' : 'replace');
    if (expected === 'conditional') expect(change?.findings).toEqual([expect.objectContaining({ class: 'replace', conditional: true })]);
  });

  test('a disk of a database grows in place, and cannot shrink', () => {
    const instance = (disk_size: number, tier: string): Body => ({ name: 'i', settings: { disk_size, tier } });
    expect(only('google_sql_database_instance', instance(20, 'a'), instance(10, 'a'))).toMatchObject({
      action: 'replace',
      replacement: 'conditional',
    });
    expect(only('google_sql_database_instance', instance(10, 'a'), instance(20, 'a'))).toMatchObject({
      action: 'update',
      replacement: 'no',
    });
  });

  test('what refers to such a resource is conditional, too', () => {
    const of = (account_replication_type: string): Resources => ({
      'azurerm_storage_account.a': { ...account, account_replication_type },
      'azurerm_role_assignment.r': { scope: '${azurerm_storage_account.a.id}', principal_id: 'p' },
      'azurerm_storage_container.c': { name: 'c', storage_account_id: '${azurerm_storage_account.a.id}' },
      'azurerm_monitor_diagnostic_setting.d': { name: 'd', storage_account_id: '${azurerm_storage_account.a.id}' },
    });
    expect(brief(diff(of('LRS'), of('ZRS')))).toEqual([
      'replace azurerm_storage_account.a (conditional)',
      'replace azurerm_role_assignment.r (conditional)',
      'replace azurerm_storage_container.c (conditional)',
      'update azurerm_monitor_diagnostic_setting.d (no)',
    ]);
  });
});
