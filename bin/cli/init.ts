import { existsSync, writeFileSync } from 'fs';
import { basename, dirname, relative, resolve, sep } from 'path';
import { requireWritable } from './output';
import { SetupError } from './peers';
import { SCHEMA_FILE } from './schema';

/**
 * Writes a declaration to start from.
 *
 * @throws SetupError if the file exists
 */
export function init(file: string, cwd: string): void {
  const path = resolve(cwd, file);
  if (existsSync(path)) throw new SetupError(`${file} exists and was left as it is. Name another file, or remove it first.`, 2);
  if (!existsSync(dirname(path))) throw new SetupError(`There is no folder ${dirname(path)}. Make it first.`, 2);
  requireWritable(dirname(path));
  writeFileSync(path, starter(dirname(path)), { flag: 'wx' });
}

function starter(folder: string): string {
  // A path that leads out of the folder would be of this machine only.
  const near = relative(folder, SCHEMA_FILE).split(sep).join('/');
  const schema = near.startsWith('..') ? `node_modules/mlops-constructs/schema/${basename(SCHEMA_FILE)}` : near;
  return `# yaml-language-server: $schema=${schema}
# An ML platform: training clusters, inference services, build pipelines and monitoring, on up to three clouds.
# The schema above explains every field in your editor. Check with \`npx mlops validate\`, write with \`npx mlops synth\`.
name: my-platform
environment: dev # dev | staging | prod: chooses retention, deletion protection and redundancy

# Keep the clouds you use; each needs its library installed.
targets:
  aws: { region: eu-west-1 }
  azure: { location: westeurope, subscriptionId: 00000000-0000-0000-0000-000000000000 }
  gcp: { project: my-project-id, region: europe-west4 }
  # For a team, keep Terraform's state where all can reach it:
  # azure: { ..., state: { resourceGroup: my-group, storageAccount: mystate } }
  # gcp: { ..., state: { bucket: my-state-bucket } }

tags: { team: my-team }

# Where data, experiments, models and features live; see Data, experiments, models, features in the README.
# storage: { artifacts: { expireCheckpointsAfter: 30d }, shared: { scratch: { kind: posix, size: 1TiB } } }
# tracking: { mlflow: {} } # on Azure it needs targets.azure.entraClientId
# models: { housing: { approval: required } } # then training: model: housing, and inference: model: models:/housing/production
# features: { listings: { entity: { name: listing_id }, eventTime: updated_at, features: { rooms: int, zip: string } } }
# secrets: { hugging-face: { description: token of the Hugging Face hub } } # then training: secrets: { HF_TOKEN: hugging-face }

training:
  trainer:
    image: ghcr.io/acme/train:1.0 # or a directory with a Dockerfile: ./train
    command: [python, train.py]
    accelerator: { memoryGib: 16 } # by need; or by name: { type: A100_80GB, count: 8 }
    nodes: { min: 0, max: 2 } # costs nothing when idle
    capacity: [spot, on-demand] # tried in this order
    maxDuration: 12h
    # schedule: { cron: "0 3 * * 1" } # every Monday at three

inference:
  predict:
    image: ghcr.io/acme/app:1.0 # or a directory with a Dockerfile: ./app
    port: 8080
    healthPath: /health
    cpu: 1
    memory: 2GiB
    timeout: 30s
    scaling: { min: 0, max: 10, concurrency: 8 }
    access: private # private | authenticated | public
    rollout: { strategy: canary, percent: 10, interval: 10m }
    env: { LOG_LEVEL: info }

pipelines:
  release: # from a Git commit to the service; until its first run a placeholder answers
    repository: { provider: github, owner: acme, name: my-repository, branch: main }
    deploys: predict
    approval: true

monitoring:
  # notify: { email: you@example.com }
  slo: { availability: 99.5, latency: { percentile: 95, threshold: 300ms } }
`;
}
