import { spawnSync } from 'child_process';
import { mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Environment } from '../../lib/core';
import { MlNetwork, MlNetworkProps } from '../../lib/gcp/network';
import { problemsOf } from '../contract/room';
import { PLACE, ROOM, Synthesized, synth } from './helper';

function network(props: Partial<MlNetworkProps> = {}): Synthesized {
  return synth((stack) => void new MlNetwork(stack, 'Network', { ...PLACE, ...props }));
}

describe('a network', () => {
  test('has one subnetwork, in its region, that reaches Google without the internet', () => {
    const stack = network();
    expect(stack.only('google_compute_network')).toMatchObject({ auto_create_subnetworks: false, routing_mode: 'REGIONAL' });
    expect(stack.only('google_compute_subnetwork')).toMatchObject({
      region: 'europe-west4',
      ip_cidr_range: '10.0.0.0/20',
      private_ip_google_access: true,
      network: expect.stringMatching(/^\$\{google_compute_network\.\w+\.id\}$/),
    });
  });

  test('lets nothing in', () => {
    expect(network().only('google_compute_firewall')).toMatchObject({
      direction: 'INGRESS',
      priority: 65534,
      deny: [{ protocol: 'all' }],
      source_ranges: ['0.0.0.0/0'],
    });
  });

  test('lets machines out through NAT, for its own subnetwork only', () => {
    const stack = network();
    expect(stack.all('google_compute_router')).toHaveLength(1);
    expect(stack.only('google_compute_router_nat')).toMatchObject({
      nat_ip_allocate_option: 'AUTO_ONLY',
      source_subnetwork_ip_ranges_to_nat: 'LIST_OF_SUBNETWORKS',
      enable_dynamic_port_allocation: true,
      min_ports_per_vm: 64,
    });
  });

  test('has more ports for each machine in prod', () => {
    expect(network({ environment: Environment.PROD }).only('google_compute_router_nat').min_ports_per_vm).toBe(256);
  });

  test('has no NAT if asked', () => {
    const stack = network({ nat: false });
    expect([...stack.all('google_compute_router'), ...stack.all('google_compute_router_nat')]).toEqual([]);
  });

  test.each([
    [{}, false],
    [{ environment: Environment.STAGING }, true],
    [{ environment: Environment.PROD }, true],
    [{ flowLogs: true }, true],
    [{ environment: Environment.PROD, flowLogs: false }, false],
  ])('with %j logs flows: %s', (props, logs) => {
    expect('log_config' in network(props).only('google_compute_subnetwork')).toBe(logs);
  });

  test('takes addresses and packet size as asked', () => {
    const stack = network({ cidr: '10.128.0.0/16', mtu: 8896 });
    expect(stack.only('google_compute_subnetwork').ip_cidr_range).toBe('10.128.0.0/16');
    expect(stack.only('google_compute_network').mtu).toBe(8896);
  });

  test('has names that Compute Engine takes', () => {
    const stack = synth((s) => void new MlNetwork(s, 'ANetworkWithANameThatIsLongerThanSixtyThreeCharactersWhichIsALot', PLACE));
    for (const type of ['google_compute_network', 'google_compute_subnetwork', 'google_compute_firewall', 'google_compute_router'])
      expect(stack.only(type).name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])$/);
  });

  test('switches Compute Engine on', () => {
    expect(network().only('google_project_service').service).toBe('compute.googleapis.com');
  });

  test.each([
    [{ cidr: '10.0.0.0/27' }, 'cidr'],
    [{ cidr: '10.0.0.1/20' }, 'cidr'],
    [{ cidr: '10.0.0.300/20' }, 'cidr'],
    [{ cidr: 'ten' }, 'cidr'],
    [{ mtu: 9000 }, 'mtu'],
    [{ project: 'Acme' }, 'project'],
    [{ region: 'Europe' }, 'region'],
  ])('refuses %j', (props, prop) => {
    expect(problemsOf(() => network(props)).map((p) => p.prop)).toEqual([prop]);
  });

  test('says what is wrong, and what to write', () => {
    expect(() => network({ cidr: '10.0.0.1/20', mtu: 9000, project: '123', region: 'europe-west4-a' })).toThrow(
      [
        'gcp.MlNetwork \'test/Network\': project "123": a project id is 6 to 30 lower-case letters, digits and dashes, a letter first; write the project id (not its name or number), such as acme-ml-dev',
        'gcp.MlNetwork \'test/Network\': region "europe-west4-a": it is a zone; write europe-west4',
        'gcp.MlNetwork \'test/Network\': cidr "10.0.0.1/20": not the first address of a block from /8 to /26; write a block such as 10.0.0.0/20',
        "gcp.MlNetwork 'test/Network': mtu 9000: a VPC network allows 1,300 to 8,896; write a number from 1300 to 8896",
      ].join('\n'),
    );
  });

  test('says so when no Terraform stack is above it', () => {
    expect(() => new MlNetwork(ROOM.wrongRoot(), 'Network', PLACE)).toThrow(
      "gcp.MlNetwork 'wrong/Network': scope: Google Cloud constructs become Terraform, and there is no TerraformStack above this one; put it into a TerraformStack (or gcp.MlPlatformStack) under an App of 'cdktf'",
    );
  });
});

describe('a network that exists already', () => {
  const imported = (networkId: string, subnetworkId: string): Synthesized =>
    synth((stack) => {
      const made = MlNetwork.fromNetworkAttributes(stack, 'Network', { networkId, subnetworkId });
      expect(made.networkId).toBe('projects/p/global/networks/n');
      expect(made.subnetworkId).toBe('projects/p/regions/europe-west4/subnetworks/s');
    });

  test('is used as it is, by path or by self link', () => {
    const api = 'https://www.googleapis.com/compute/v1/';
    const [net, sub] = ['projects/p/global/networks/n', 'projects/p/regions/europe-west4/subnetworks/s'];
    expect(imported(net, sub).resources).toEqual([]);
    expect(imported(api + net, api + sub).resources).toEqual([]);
  });

  test('is refused by name alone', () => {
    expect(problemsOf(() => imported('default', 'default'))).toEqual([
      expect.objectContaining({ prop: 'networkId', value: 'default', instead: 'write projects/P/global/networks/N' }),
      expect.objectContaining({ prop: 'subnetworkId', value: 'default', instead: 'write projects/P/regions/R/subnetworks/S' }),
    ]);
  });
});

describe('private services access', () => {
  function connected(props: Partial<MlNetworkProps> = {}, times = 1): Synthesized {
    return synth((stack) => {
      const made = new MlNetwork(stack, 'Network', { ...PLACE, ...props });
      for (let n = 0; n < times; n++) made.privateServices();
    });
  }

  test('is not there until something needs it', () => {
    const { resources } = network();
    expect(resources.filter((r) => /global_address|service_networking|terraform_data/.test(r.type))).toEqual([]);
  });

  test('is made once, however many need it', () => {
    const stack = connected({}, 3);
    expect(stack.only('google_compute_global_address')).toMatchObject({
      purpose: 'VPC_PEERING',
      address_type: 'INTERNAL',
      prefix_length: 20,
      network: expect.stringMatching(/^\$\{google_compute_network\./),
    });
    expect(stack.only('google_compute_global_address')).not.toHaveProperty('address');
    expect(stack.only('google_service_networking_connection')).toMatchObject({
      service: 'servicenetworking.googleapis.com',
      reserved_peering_ranges: [expect.stringMatching(/^\$\{google_compute_global_address\./)],
    });
    expect(stack.all('google_project_service').map((s) => s.service)).toContain('servicenetworking.googleapis.com');
  });

  test('has the range that is asked for', () => {
    expect(connected({ servicesCidr: '10.64.0.0/18' }).only('google_compute_global_address')).toMatchObject({
      address: '10.64.0.0',
      prefix_length: 18,
    });
  });

  test('is abandoned, and its peering removed, when the network goes, while a deleted database still holds it', () => {
    const stack = connected();
    expect(stack.only('google_service_networking_connection')).toMatchObject({ deletion_policy: 'ABANDON', update_on_creation_fail: true });
    const { provisioner, input } = stack.only('terraform_data');
    expect(input).toEqual({ network: expect.stringMatching(/^network-[0-9a-f]{8}$/), project: 'acme-ml-dev' });
    expect(provisioner[0]['local-exec']).toMatchObject({
      when: 'destroy',
      environment: { NETWORK: '${self.input.network}', PROJECT: '${self.input.project}' },
    });
    expect(stack.only('google_service_networking_connection').depends_on).toContainEqual(expect.stringMatching(/^terraform_data\./));
  });

  test.each([
    ['echo "$@"', 0, 'compute networks peerings delete servicenetworking-googleapis-com --network n --project p --quiet\n', ''],
    [
      'exit 1',
      0,
      '',
      /^WARNING: the peering of network n was NOT removed.*\n {2}gcloud compute networks peerings delete .* --project p\n$/,
    ],
  ])('whose peering is removed by gcloud that does %s goes on', (gcloud, status, stdout, stderr) => {
    const bin = mkdtempSync(join(tmpdir(), 'gcloud-'));
    writeFileSync(join(bin, 'gcloud'), `#!/bin/sh\n${gcloud}\n`, { mode: 0o755 });
    const { command } = connected().only('terraform_data').provisioner[0]['local-exec'];
    const env = { PATH: `${bin}:${process.env.PATH}`, NETWORK: 'n', PROJECT: 'p' };
    const ran = spawnSync('sh', ['-c', command], { env, encoding: 'utf8' });
    expect(ran).toMatchObject({ status, stdout });
    expect(ran.stderr).toEqual(stderr === '' ? '' : expect.stringMatching(stderr));
  });

  test.each([
    ['10.0.16.0/20', undefined],
    ['10.0.8.0/21', 'the subnetwork has addresses of it, 10.0.0.0/20'],
    ['10.64.0.0/24', 'not the first address of a block from /16 to /22'],
    ['10.64.0.1/20', 'not the first address of a block from /16 to /22'],
  ])('in %s is refused: %s', (servicesCidr, reason) => {
    if (reason === undefined) expect(() => network({ servicesCidr })).not.toThrow();
    else expect(problemsOf(() => network({ servicesCidr }))).toMatchObject([{ prop: 'servicesCidr', value: servicesCidr, reason }]);
  });

  const THEIRS = { networkId: 'projects/acme/global/networks/n', subnetworkId: 'projects/acme/regions/europe-west4/subnetworks/s' };

  test('that a network has already is used', () => {
    const stack = synth((s) => {
      const made = MlNetwork.fromNetworkAttributes(s, 'Network', { ...THEIRS, servicesRange: 'services', cidr: '10.9.0.0/24' });
      expect([made.privateServices().rangeName, made.privateServices().dependsOn, made.cidr]).toEqual(['services', [], '10.9.0.0/24']);
    });
    expect(stack.resources).toEqual([]);
    expect(Object.values(stack.json.data.google_compute_global_address)).toEqual([
      expect.objectContaining({ project: 'acme', name: 'services' }),
    ]);
  });

  test('that a network is not known to have is refused to what needs it', () => {
    synth((s) => {
      const made = MlNetwork.fromNetworkAttributes(s, 'Network', THEIRS);
      expect(problemsOf(() => made.privateServices())).toEqual([
        {
          code: 'missing',
          prop: 'network',
          value: 'projects/acme/global/networks/n',
          reason: 'the network exists already, and is not known to have private services access',
          instead: 'give the name of its allocated range as servicesRange of the network',
        },
      ]);
    });
  });

  test('in a range that has no such name, or of a subnetwork without such addresses, is refused', () => {
    const attributes = { ...THEIRS, servicesRange: '10.64.0.0/20', cidr: '10.0.0.7' };
    expect(problemsOf(() => synth((s) => void MlNetwork.fromNetworkAttributes(s, 'Network', attributes)))).toMatchObject([
      { prop: 'cidr', reason: 'not the first address of a block from /8 to /29' },
      { prop: 'servicesRange', reason: 'not the name of an allocated range' },
    ]);
  });
});
