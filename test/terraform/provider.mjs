// A stand-in for a Terraform provider: it has the real one's schemas, and makes, reads and deletes nothing.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { schemaOf } from './schema.mjs';
import { applied, planned, read, written } from './values.mjs';

const NESTING = { single: 1, list: 2, set: 3 };

/**
 * Serves one provider until `close` is called.
 *
 * @param name `google`, `azurerm` or `azuredevops`
 * @param types resources and data sources to know: `{ resource: [...], data: [...] }`; the rest is unknown to Terraform
 * @returns what the environment variable TF_REATTACH_PROVIDERS says of it, and `close`
 */
export async function serve(name, types) {
  const schemas = {
    resource: known(name, 'resource', types.resource),
    data: known(name, 'data', types.data),
    provider: schemaOf(name, 'provider'),
  };
  const protocol = loadSync(fileURLToPath(new URL('plugin.proto', import.meta.url)), { keepCase: true });
  const service = protocol['tfplugin5.Provider'];
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(service, answers(schemas));
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return {
    reattach: { Protocol: 'grpc', ProtocolVersion: 5, Pid: process.pid, Test: true, Addr: { Network: 'tcp', String: `127.0.0.1:${port}` } },
    close: () => server.forceShutdown(),
  };
}

function known(provider, kind, types) {
  const found = types.map((type) => [type, schemaOf(provider, kind, type)]);
  return new Map(found.filter(([, schema]) => schema));
}

function answers({ resource, data, provider }) {
  const ok = {};
  const calls = {
    GetSchema: () => ({ provider: wire(provider), resource_schemas: wireAll(resource), data_source_schemas: wireAll(data) }),
    PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
    Configure: () => ok,
    ValidateResourceTypeConfig: () => ok,
    ValidateDataSourceConfig: () => ok,
    UpgradeResourceState: ({ raw_state }) => ({ upgraded_state: { json: raw_state.json } }),
    ReadResource: ({ current_state }) => ({ new_state: current_state }),
    PlanResourceChange: ({ type_name, proposed_new_state }) => {
      const proposed = read(proposed_new_state);
      return { planned_state: written(proposed && planned(resource.get(type_name), proposed)), legacy_type_system: true };
    },
    ApplyResourceChange: ({ type_name, planned_state }) => {
      const plan = read(planned_state);
      return { new_state: written(plan && applied(resource.get(type_name), plan, type_name)), legacy_type_system: true };
    },
    ReadDataSource: ({ type_name, config }) => {
      const schema = data.get(type_name);
      return { state: written(applied(schema, planned(schema, read(config)), type_name)) };
    },
    Stop: () => ok,
  };
  return Object.fromEntries(
    Object.entries(calls).map(([name, answer]) => [
      name,
      ({ request }, reply) => {
        try {
          reply(null, answer(request));
        } catch (error) {
          reply({ code: grpc.status.INTERNAL, details: `the stand-in failed in ${name}: ${error.stack}` });
        }
      },
    ]),
  );
}

function wireAll(schemas) {
  return Object.fromEntries([...schemas].map(([type, schema]) => [type, wire(schema)]));
}

function wire(schema) {
  return { version: 0, block: wireBlock(schema) };
}

function wireBlock({ attributes, blocks }) {
  return {
    attributes: attributes.map(({ type, ...a }) => ({ ...a, type: Buffer.from(JSON.stringify(type)) })),
    block_types: blocks.map(({ name, required, nesting, single, block }) => ({
      type_name: name,
      nesting: NESTING[nesting],
      block: wireBlock(block),
      ...(nesting === 'single' ? {} : { min_items: required ? 1 : 0, max_items: single ? 1 : 0 }),
    })),
  };
}
