// node --test test/terraform: the stand-in provider, and that real Terraform finds planted faults with it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { schemaOf, versionOf } from './schema.mjs';
import { runTerraform, terraformVersion } from './terraform.mjs';

describe('the schema that the bindings tell', () => {
  const bucket = schemaOf('google', 'resource', 'google_storage_bucket');
  const attribute = (schema, name) => schema.attributes.find((a) => a.name === name);
  const block = (schema, name) => schema.blocks.find((b) => b.name === name);

  test('follows the installed version', () => assert.match(versionOf('google'), /^\d+\.\d+\.\d+$/));

  test('knows what is required', () => {
    assert.deepEqual(attribute(bucket, 'location'), { name: 'location', type: 'string', required: true, optional: false, computed: false });
  });

  test('knows what only the provider says', () => {
    assert.deepEqual(attribute(bucket, 'url'), { name: 'url', type: 'string', required: false, optional: false, computed: true });
  });

  test('knows types', () => {
    assert.deepEqual(attribute(bucket, 'labels').type, ['map', 'string']);
    assert.equal(attribute(bucket, 'force_destroy').type, 'bool');
  });

  test('knows blocks within blocks', () => {
    const rule = block(bucket, 'lifecycle_rule');
    assert.equal(rule.single, false);
    assert.equal(attribute(block(rule.block, 'action').block, 'type').required, true);
  });

  test('knows a type that is divided over files', () => {
    assert.ok(block(schemaOf('google', 'resource', 'google_container_cluster'), 'addons_config'));
  });

  test('knows data sources and the provider', () => {
    assert.ok(schemaOf('google', 'data', 'google_project'));
    assert.ok(block(schemaOf('azurerm', 'provider'), 'features'));
  });

  test('knows no type that there is not', () => assert.equal(schemaOf('google', 'resource', 'google_nothing'), undefined));
});

const version = terraformVersion();
describe('real Terraform', { skip: version ? false : 'terraform is not installed on this machine' }, () => {
  const bucket = (more = {}) => ({ name: 'b', location: 'EU', ...more });
  const stack = (resource, more = {}) => ({
    terraform: { required_providers: { google: { source: 'hashicorp/google', version: versionOf('google') } } },
    provider: { google: [{ project: 'acme' }] },
    resource,
    ...more,
  });
  const verdict = async (config) => {
    const { steps } = await runTerraform(config);
    const wrong = steps.find((s) => s.problem !== undefined);
    return wrong ? `${wrong.step}: ${wrong.problem.replace(/\s+/g, ' ')}` : steps.map((s) => s.step).join(', ');
  };

  test('applies what is right, twice, and destroys it', async () => {
    const topic = {
      google_pubsub_topic: { t: { name: '${google_storage_bucket.b.name}-new', labels: { of: '${google_storage_bucket.b.id}' } } },
    };
    const said = await verdict(
      stack({ google_storage_bucket: { b: bucket() }, ...topic }, { output: { url: { value: '${google_storage_bucket.b.url}' } } }),
    );
    assert.equal(said, 'init, validate, plan, apply, empty plan, destroy');
  });

  test('is stopped by what must not be destroyed', async () => {
    const kept = bucket({ lifecycle: { prevent_destroy: true } });
    assert.equal(await verdict(stack({ google_storage_bucket: { b: kept } })), 'init, validate, plan, apply, empty plan, refused destroy');
  });

  for (const [fault, resource, finding] of [
    ['an unknown attribute', { b: bucket({ colour: 'red' }) }, /^validate: .*Extraneous JSON object property.*"colour"/],
    ['an unknown attribute in a block', { b: bucket({ versioning: [{ enabled: true, colour: 'red' }] }) }, /^validate: .*"colour"/],
    ['a missing required attribute', { b: { name: 'b' } }, /^validate: .*Missing required argument.*"location"/],
    ['a missing required block', { b: bucket({ lifecycle_rule: [{ action: [{ type: 'Delete' }] }] }) }, /^validate: .*condition/],
    ['a wrong type', { b: bucket({ force_destroy: 'perhaps' }) }, /^validate: .*a bool is required/],
    ['a dangling reference', { b: bucket({ project: '${google_storage_bucket.c.project}' }) }, /^validate: .*undeclared resource/],
    [
      'an attribute that no resource has',
      { b: bucket(), c: bucket({ project: '${google_storage_bucket.b.colour}' }) },
      /^validate: .*colour/,
    ],
    [
      'a cycle',
      { b: bucket({ project: '${google_storage_bucket.c.project}' }), c: bucket({ project: '${google_storage_bucket.b.project}' }) },
      /^(validate|plan): .*Cycle/,
    ],
  ])
    test(`finds ${fault}`, async () => assert.match(await verdict(stack({ google_storage_bucket: resource })), finding));

  test('finds a type that the provider does not have', async () => {
    assert.match(await verdict(stack({ google_storage_pail: { b: {} } })), /^validate: .*google_storage_pail/);
  });
});
