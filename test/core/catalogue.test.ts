import { Accelerator } from '../../lib/core';
import { ACCELERATORS, CloudName, Machine, machinesOf, memoryOf, selectMachines } from '../../lib/core/catalogue';

const CLOUDS: CloudName[] = ['aws', 'azure', 'gcp'];
const first = (cloud: CloudName, accelerator: Accelerator, count: number): string => selectMachines(cloud, accelerator, count)[0].type;

test.each(CLOUDS)('every machine of %s has whole devices, processors and memory', (cloud) => {
  for (const m of machinesOf(cloud)) {
    expect(m.cloud).toBe(cloud);
    expect([m.gpus, m.vcpu, m.ramGib, m.efa].every((n) => Number.isInteger(n))).toBe(true);
    expect(Math.min(m.gpus, m.vcpu, m.ramGib)).toBeGreaterThan(0);
  }
});

test.each(CLOUDS)('no machine of %s is there twice', (cloud) => {
  const types = machinesOf(cloud).map((m) => m.type);
  expect(new Set(types).size).toBe(types.length);
});

test('every accelerator is in at least one cloud, and each Accelerator constant is in the catalogue', () => {
  for (const { name } of ACCELERATORS) expect(CLOUDS.some((c) => machinesOf(c).some((m) => m.accelerator === name))).toBe(true);
  for (const constant of Object.values(Accelerator).filter((a) => a instanceof Accelerator))
    expect(ACCELERATORS.map((a) => a.name)).toContain((constant as Accelerator).kind);
});

test('what Google Cloud calls an accelerator is known exactly where it has machines with it', () => {
  for (const { name, gcpType } of ACCELERATORS) expect(machinesOf('gcp').some((m) => m.accelerator === name)).toBe(gcpType !== undefined);
});

test('only AWS has EFA, and no AWS machine has both fabrics', () => {
  for (const m of CLOUDS.flatMap(machinesOf)) expect(m.efa > 0 && (m.cloud !== 'aws' || m.rdma)).toBe(false);
});

test('the preference is by memory, so that a need takes the smallest that is enough', () => {
  const memory = ACCELERATORS.map((a) => a.memoryGib);
  expect(memory).toEqual([...memory].sort((a, b) => a - b));
});

describe('asked for by name', () => {
  test.each([
    ['aws', 'A100_80GB', 8, 'p4de.24xlarge'],
    ['azure', 'A100_80GB', 1, 'Standard_NC24ads_A100_v4'],
    ['gcp', 'A100_80GB', 2, 'a2-ultragpu-2g'],
    ['aws', 'H100', 1, 'p5.4xlarge'],
    ['gcp', 'L4', 1, 'g2-standard-4'],
  ] as const)('%s carries %s x%d in %s', (cloud, kind, count, type) => {
    expect(first(cloud, Accelerator.of(kind), count)).toBe(type);
  });

  test('every machine handed back has exactly so many devices of that kind', () => {
    const machines = selectMachines('aws', Accelerator.L4, 1);
    expect(machines.every((m: Machine) => m.accelerator === 'L4' && m.gpus === 1)).toBe(true);
    expect(machines.length).toBeGreaterThan(1);
  });

  test('a name that is not in the catalogue is refused with all that are', () => {
    expect(() => Accelerator.of('A100')).toThrow(
      'accelerator.type "A100": not in the catalogue; write T4, L4, A10G, A10, A100_40GB, L40S, A100_80GB, H100, H100_MEGA, H100_NVL, H200 or B200',
    );
  });

  test('a kind that a cloud lacks is refused with what it has instead', () => {
    expect(() => selectMachines('azure', Accelerator.L4, 1)).toThrow(
      'accelerator.type "L4": Azure has no L4; write one of T4 (16 GiB), A10 (24 GiB), A100_40GB (40 GiB), A100_80GB (80 GiB), H100 (80 GiB), ' +
        'H100_NVL (94 GiB), H200 (141 GiB), or { memoryGib: N } to take what each cloud has',
    );
  });

  test.each([
    ['aws', 'accelerator.count 3: AWS offers A100_80GB in machines of 8; write count: 8'],
    ['azure', 'accelerator.count 3: Azure offers A100_80GB in machines of 1, 2, 4 or 8; write count: 1, 2, 4 or 8'],
    ['gcp', 'accelerator.count 3: Google Cloud offers A100_80GB in machines of 1, 2, 4 or 8; write count: 1, 2, 4 or 8'],
  ] as const)('A100_80GB three at a time is refused on %s with the counts it has', (cloud, message) => {
    expect(() => selectMachines(cloud, Accelerator.A100_80GB, 3)).toThrow(message);
  });
});

describe('asked for by need', () => {
  test.each([
    ['aws', 'g6.xlarge'],
    ['azure', 'Standard_NV36ads_A10_v5'],
    ['gcp', 'g2-standard-4'],
  ] as const)('24 GiB is %s: %s', (cloud, type) => {
    expect(first(cloud, Accelerator.atLeast({ memoryGib: 24 }), 1)).toBe(type);
  });

  test('a kind with more memory serves where the smallest does not come in that count', () => {
    expect(memoryOf(selectMachines('azure', Accelerator.atLeast({ memoryGib: 24 }), 4)[0].accelerator)).toBe(80);
  });

  test('all machines handed back are of one kind', () => {
    expect(new Set(selectMachines('aws', Accelerator.atLeast({ memoryGib: 16 }), 1).map((m) => m.accelerator))).toEqual(new Set(['T4']));
  });

  test('more memory than any accelerator has is refused with the most there is', () => {
    expect(() => selectMachines('azure', Accelerator.atLeast({ memoryGib: 180 }), 1)).toThrow(
      'accelerator.memoryGib 180: no accelerator of Azure has that much memory; write 141 or less',
    );
  });

  test('a count that no machine has is refused with those there are', () => {
    expect(() => selectMachines('aws', Accelerator.atLeast({ memoryGib: 80 }), 2)).toThrow(
      'accelerator.count 2: AWS offers 80 GiB or more in machines of 1 or 8; write count: 1 or 8',
    );
  });
});
