// The declaration of a platform with every field that a cloud takes, as the facades of all three clouds get it.
import { fileURLToPath } from 'node:url';

const housing = (folder) => fileURLToPath(new URL(`../../examples/housing/${folder}`, import.meta.url));

/**
 * @param cloud `aws`, `azure` or `gcp`
 * @param target what stands under `targets`
 * @param more what is declared otherwise
 */
export function declaration(cloud, target, more = {}) {
  const on = [cloud];
  return {
    name: 'housing',
    environment: 'staging',
    targets: { [cloud]: target },
    tags: { team: 'pricing' },
    storage: {
      artifacts: { versioned: false, expireCheckpointsAfter: '30d', expireCaptureAfter: '90d' },
      shared: {
        scratch: { kind: 'posix', size: '1TiB', backups: false, on },
        fast: { kind: 'parallel', size: '36TiB', throughput: 250, on },
      },
    },
    secrets: { hub: { description: 'token of the hub', on } },
    registry: { immutableTags: true, imagesKept: 30, pullThrough: ['quay.io'] },
    tracking: {
      mlflow: { engine: 'self-hosted', cpu: 2, memory: '4GiB', database: { backupRetention: '14d', highAvailability: true }, on },
    },
    models: {
      housing: { approval: 'required', description: 'prices of houses', approvers: approversOf(cloud), on },
      free: { approval: 'automatic' },
    },
    features: {
      listings: {
        description: 'what is offered',
        entity: { name: 'listing_id', type: 'int' },
        eventTime: 'updated_at',
        features: { rooms: 'int', sqm: 'float', sold: 'bool', listed: 'timestamp', zip: 'string' },
        online: true,
        on,
      },
    },
    training: {
      trainer: {
        image: housing('train'),
        command: ['python', '/opt/train/train.py'],
        env: { LOG_LEVEL: 'info' },
        accelerator: { memoryGib: 24, count: 1 },
        nodes: { min: 0, max: 4 },
        nodesPerJob: 1,
        capacity: ['spot', 'on-demand'],
        maxDuration: '12h',
        retries: 1,
        schedule: { cron: '0 3 * * 1', timeZone: 'Europe/Berlin' },
        model: 'housing',
        mounts: { scratch: '/mnt/scratch' },
        secrets: { HF_TOKEN: 'hub' },
        on,
      },
      gang: {
        image: housing('train'),
        command: ['torchrun', '/opt/train/train.py'],
        accelerator: { type: 'A100_80GB', count: 8 },
        nodes: { max: 2 },
        nodesPerJob: 2,
        capacity: ['on-demand'],
      },
    },
    inference: {
      predict: {
        image: housing('app'),
        port: 9000,
        healthPath: '/ready',
        cpu: 2,
        memory: '4GiB',
        timeout: '45s',
        scaling: { min: 1, max: 12, concurrency: 16 },
        access: 'private',
        imageOwner: 'pipeline',
        rollout: { strategy: 'canary', percent: 20, interval: '5m' },
        env: { LOG_LEVEL: 'info' },
        model: 'models:/housing/production',
        mounts: { scratch: '/mnt/scratch' },
        secrets: { API_KEY: 'hub' },
        on,
      },
      open: { image: 'docker.io/acme/open:1', access: 'public', imageOwner: 'pipeline', rollout: { strategy: 'all-at-once' } },
      known: { image: ownImageOf(cloud), access: 'authenticated', imageOwner: 'stack', rollout: { strategy: 'blue-green' } },
    },
    pipelines: {
      release: {
        repository: { provider: 'github', owner: 'acme', name: 'housing', branch: 'release' },
        stages: ['lint', 'test', 'build', 'deploy'],
        commands: { lint: ['ruff check .'], test: ['pytest'] },
        directory: 'app',
        context: '.',
        deploys: 'predict',
        approval: true,
        on,
      },
      image: { repository: { provider: 'bitbucket', owner: 'acme', name: 'base' }, stages: ['test', 'build'] },
    },
    monitoring: {
      notify: { email: 'ml@example.com', critical: 'oncall@example.com' },
      slo: { availability: 99.9, latency: { percentile: 99, threshold: '300ms' } },
    },
    ...more,
  };
}

/** Lambda pulls from ECR only. */
function ownImageOf(cloud) {
  return cloud === 'aws' ? '111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/known:1' : 'docker.io/acme/known:1';
}

function approversOf(cloud) {
  return {
    [cloud]: {
      aws: ['arn:aws:iam::111122223333:role/lead'],
      azure: ['22222222-2222-2222-2222-222222222222'],
      gcp: ['user:lead@example.com'],
    }[cloud],
  };
}

/** Props of a declaration that change nothing where it is for one cloud, and says all that it can. */
export const IDLE = Object.fromEntries(
  ['FeatureGroup', 'Inference', 'Mlflow', 'Model', 'Pipeline', 'Secret', 'SharedFileSystem', 'Training'].map((of) => [
    `${of}Declaration.on`,
    'one cloud is declared',
  ]),
);
