// Random declarations over the whole schema, by fast-check: most are right, the rest are what a hurried person writes.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';

const schema = JSON.parse(readFileSync(new URL('../../schema/ml-platform.schema.json', import.meta.url), 'utf8'));
const GUID = '00000000-0000-0000-0000-00000000000a';
const GROUP = `/subscriptions/${GUID}/resourceGroups/g/providers`;
const VNET = `${GROUP}/Microsoft.Network/virtualNetworks/v`;
const NETWORK = 'projects/acme-ml-dev/global/networks/n';

/** Names of what is declared, so few that things refer to each other. */
const NAMES = {
  training: ['trainer', 'tuner'],
  inference: ['predict', 'rank', 'embed-2'],
  pipelines: ['release', 'nightly'],
  'storage.shared': ['scratch', 'fast'],
  secrets: ['hub', 'feed-key'],
  models: ['housing', 'rents'],
  features: ['listings', 'areas'],
};

/** Values of leaves whose meaning the schema does not tell, by the end of their path. */
const VALUES = [
  [/^name$/, ['housing', 'ml', 'price-model-9']],
  [/^targets\.aws\.region$/, ['eu-west-1', 'us-east-1']],
  [/\.account$/, ['123456789012']],
  [/\.vpcId$/, ['vpc-0a1b2c3d']],
  [/\.availabilityZones$/, [['eu-west-1a', 'eu-west-1b']]],
  [/\.privateSubnetIds$/, [['subnet-0a1b2c3d', 'subnet-1a2b3c4d']]],
  [/\.artifactBucket$/, ['acme-ml-artifacts']],
  [/\.imageRepository$/, ['images']],
  [/existing\.mlflow$/, ['https://mlflow.example.com']],
  [/aws\.existing\.database\.host$/, ['mlflow.abc.eu-west-1.rds.amazonaws.com']],
  [/azure\.existing\.database\.host$/, ['mlflow.postgres.database.azure.com']],
  [/gcp\.existing\.database\.host$/, ['10.1.2.3']],
  [/database\.(name|user)$/, ['mlflow']],
  [/\.secretArn$/, ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:mlflow-AbCdEf']],
  [/\.securityGroupId$/, ['sg-0a1b2c3d']],
  [/^targets\.azure\.location$/, ['westeurope', 'northeurope']],
  [/\.(subscriptionId|entraClientId|repositoryConnectionId)$/, [GUID]],
  [/\.resourceGroup$/, ['acme-ml']],
  [/\.storageAccount$/, ['acmetfstate']],
  [/\.(container|key|prefix)$/, ['tfstate']],
  [/\.organization$/, ['acme']],
  [/\.devOps\.project$/, ['housing']],
  [/\.virtualNetworkId$/, [VNET]],
  [/\.\w+SubnetId$/, [`${VNET}/subnets/s`]],
  [/\.privateDnsZoneIds\.\*$/, [`${GROUP}/Microsoft.Network/privateDnsZones/z`]],
  [/\.storageAccountId$/, [`${GROUP}/Microsoft.Storage/storageAccounts/acmeml`]],
  [/\.containerRegistryId$/, [`${GROUP}/Microsoft.ContainerRegistry/registries/acmeml`]],
  [/\.logWorkspaceId$/, [`${GROUP}/Microsoft.OperationalInsights/workspaces/w`]],
  [/^targets\.gcp\.project$/, ['acme-ml-dev']],
  [/^targets\.gcp\.region$/, ['europe-west4', 'us-central1']],
  [/gcp\.state\.bucket$/, ['acme-tfstate']],
  [/gcp\.existing\.network\.network$/, [NETWORK]],
  [/\.subnetwork$/, ['projects/acme-ml-dev/regions/europe-west4/subnetworks/s']],
  [/\.cidr$/, ['10.0.0.0/20']],
  [/\.servicesRange$/, ['services']],
  [/\.repositoryConnection$/, ['github']],
  [/\.instance$/, ['mlflow']],
  [/^tags\.\*$/, ['pricing', '4711', 'a b']],
  [/inference\.\*\.image$/, ['./app', './app', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1']],
  [/\.image$/, ['./app', 'ghcr.io/acme/app:1.4', 'ghcr.io/acme/app@sha256:' + 'a'.repeat(64)]],
  [
    /\.command$/,
    [
      ['python', 'train.py'],
      ['sh', '-c', 'echo "$HOME"; exec python train.py'],
    ],
  ],
  [/\.accelerator$/, [{ memoryGib: 16 }, { memoryGib: 24, count: 1 }, { type: 'T4' }, { type: 'A100_80GB', count: 8 }]],
  [/\.nodes$/, [{ min: 0, max: 4 }, { max: 8 }, { max: 2 }]],
  [/\.nodesPerJob$/, [1, 1, 2]],
  [/\.capacity$/, [['spot', 'on-demand'], ['on-demand'], ['spot']]],
  [/\.reservations$/, [{ aws: 'cr-0123456789abcdef0' }]],
  [/\.maxDuration$/, ['30m', '12h', '2d']],
  [/\.cron$/, ['0 3 * * 1', '*/15 * * * *']],
  [/\.timeZone$/, ['UTC', 'Europe/Berlin']],
  [/\.env\.\*$/, ['info', '', '${HOME} "quoted" \\ %d']],
  [/\.healthPath$/, ['/health', '/v1/up']],
  [/\.cpu$/, [1, 2]],
  [/inference\.\*\.memory$/, ['2GiB', '4GiB', '3072MiB']],
  [/mlflow\.memory$/, ['2GiB', '4GiB']],
  [/\.timeout$/, ['10s', '29s']],
  [/\.scaling$/, [{ min: 0, max: 10, concurrency: 8 }, { max: 3 }, { min: 1, max: 5 }]],
  [/\.rollout$/, [{ strategy: 'canary', percent: 10, interval: '10m' }, { strategy: 'all-at-once' }, { strategy: 'blue-green' }]],
  [/inference\.\*\.model$/, NAMES.models.flatMap((m) => [`models:/${m}/production`, `models:/${m}/3`])],
  [/training\.\*\.model$/, NAMES.models],
  [/\.owner$/, ['acme']],
  [/repository\.name$/, ['housing']],
  [/\.branch$/, ['main', 'release/1.x']],
  [/\.provider$/, ['github', 'github', 'bitbucket']],
  [
    /\.stages$/,
    [
      ['lint', 'test', 'build', 'deploy'],
      ['build', 'deploy'],
    ],
  ],
  [/\.deploys$/, NAMES.inference],
  [/\.(directory|context)$/, ['.', 'services/app']],
  [/\.commands\.(lint|test)$/, [['make lint'], ["pytest -k 'not slow'", 'echo "$PATH"']]],
  [/\.(expire\w+)$/, ['30d', '90d']],
  [/\.size$/, ['1TiB', '1.2TiB', '100GiB']],
  [/\.throughput$/, [125, 250]],
  [/\.imagesKept$/, [1, 25]],
  [/\.pullThrough$/, [['quay.io'], ['public.ecr.aws']]],
  [/\.description$/, ['what it is', 'prices; "quoted", ünïcode']],
  [/\.backupRetention$/, ['7d', '35d']],
  [/\.entity$/, [{ name: 'listing_id', type: 'string' }, { name: 'listing_id' }, { name: 'area', type: 'int' }]],
  [/\.eventTime$/, ['updated_at']],
  [/\.approvers$/, [{ aws: ['arn:aws:iam::123456789012:role/ml-lead'], gcp: ['user:ada@example.com'] }, { azure: [GUID] }]],
  [/\.(email|critical)$/, ['ml@example.com']],
  [/\.slo$/, [{ availability: 99.5, latency: { percentile: 95, threshold: '300ms' } }, { availability: 99 }]],
  [/^acknowledge\.\*$/, ['nobody reads it']],
];
const KEYS = [
  [/^tags$/, ['team', 'costCenter']],
  [/\.env$/, ['LOG_LEVEL', 'A_B']],
  [/\.mounts$/, NAMES['storage.shared']],
  [/\.secrets$/, ['HF_TOKEN', 'FEED_KEY']],
  [/\.features$/, ['rooms', 'sqm', 'zip']],
  [/\.privateDnsZoneIds$/, ['privatelink.blob.core.windows.net']],
  [/^acknowledge$/, ['gcp-storage-access-logs', 'azure-storage-replication', 'AwsSolutions-S1']],
];

/** Fields that change whom a platform belongs to: they are there now and then only. */
const RARE = /\.(existing|state|account|devOps|on|reservations|acknowledge|approvers)$/;

/** A declaration; references to what it does not declare are left out. */
export const declarations = walk(schema, '').map(settle);

function walk(node, path) {
  const at = path.replace(/^\./, '');
  const [, values] = VALUES.find(([pattern]) => pattern.test(at)) ?? [];
  if (values) return fc.constantFrom(...values);
  const { $ref, ...own } = node;
  const n = $ref ? { ...schema.definitions[$ref.split('/').pop()], ...own } : node;
  if (n.enum) return fc.constantFrom(...n.enum);
  if (n.type === 'boolean') return fc.boolean();
  if (n.type === 'integer' || n.type === 'number')
    return fc.integer({ min: n.minimum ?? 1, max: Math.min(n.maximum ?? 9, 9) + (n.minimum ?? 0) });
  if (n.type === 'array') return fc.uniqueArray(walk(n.items, `${path}.[]`), { minLength: n.minItems ?? 1, maxLength: 3 });
  if (typeof n.additionalProperties === 'object') {
    const keys = NAMES[at] ?? KEYS.find(([pattern]) => pattern.test(at))?.[1];
    if (!keys) throw new Error(`no names are known for ${at}: add them to KEYS`);
    const value = /\.mounts$/.test(at)
      ? undefined
      : /\.secrets$/.test(at)
        ? fc.constantFrom(...NAMES.secrets)
        : walk(n.additionalProperties, `${path}.*`);
    return fc
      .subarray(keys, { minLength: /\.features$/.test(at) ? 1 : 0 })
      .chain((chosen) =>
        fc
          .tuple(...chosen.map((key) => value ?? fc.constant(`/mnt/${key}`)))
          .map((made) => Object.fromEntries(chosen.map((key, i) => [key, made[i]]))),
      );
  }
  if (n.type === 'object') {
    const fields = Object.entries(n.properties).map(([key, field]) => {
      const made = walk(field, `${path}.${key}`);
      if (n.required?.includes(key)) return made.map((value) => [key, value]);
      return fc.option(made, { freq: 2, nil: undefined }).map((value) => [key, value]);
    });
    const rare = (key) => RARE.test(`${path}.${key}`);
    return fc
      .tuple(fc.infiniteStream(fc.nat(9)), ...fields)
      .map(([dice, ...entries]) =>
        Object.fromEntries(entries.filter(([key, value]) => value !== undefined && (!rare(key) || dice.next().value > 7))),
      );
  }
  throw new Error(`nothing is known of ${at}: add it to VALUES`);
}

function settle(declaration) {
  const d = structuredClone(declaration);
  if (!Object.keys(d.targets).length) d.targets = { aws: { region: 'eu-west-1' } };
  const has = (section, name) => Object.hasOwn(section ?? {}, name);
  const shared = d.storage?.shared;
  for (const entry of [...Object.values(d.training ?? {}), ...Object.values(d.inference ?? {})]) {
    for (const name of Object.keys(entry.mounts ?? {})) if (!has(shared, name)) delete entry.mounts[name];
    for (const [variable, name] of Object.entries(entry.secrets ?? {})) if (!has(d.secrets, name)) delete entry.secrets[variable];
    const name = entry.model?.replace(/^models:\/([^/]+)\/.*/, '$1');
    if (name !== undefined && !(d.tracking && has(d.models, name))) delete entry.model;
  }
  const clouds = Object.keys(d.targets);
  for (const section of [d.training, d.inference, d.pipelines, d.models, d.features, d.secrets, shared])
    for (const entry of Object.values(section ?? {})) {
      entry.on = entry.on?.filter((cloud) => clouds.includes(cloud));
      if (!entry.on?.length) delete entry.on;
    }
  const mlflow = d.tracking?.mlflow;
  delete mlflow?.on;
  if (mlflow?.engine === 'managed' && d.targets.gcp) mlflow.engine = 'self-hosted';
  if (mlflow?.engine === 'managed') for (const field of ['database', 'cpu', 'memory']) delete mlflow[field];
  if (!mlflow) delete d.models;
  for (const model of Object.values(d.models ?? {}))
    if (model.approval === 'automatic' || mlflow.engine === 'managed') delete model.approvers;
  for (const entry of Object.values(d.training ?? {})) {
    delete entry.reservations;
    entry.command ??= ['python', 'train.py'];
  }
  for (const entry of Object.values(d.inference ?? {})) delete entry.accelerator;
  if (mlflow && d.targets.azure) d.targets.azure.entraClientId = GUID;
  for (const pipeline of Object.values(d.pipelines ?? {})) {
    if (pipeline.deploys === undefined) delete pipeline.stages;
    if (pipeline.deploys === undefined) delete pipeline.approval;
    if (pipeline.deploys === undefined || has(d.inference, pipeline.deploys)) continue;
    delete pipeline.deploys;
    delete pipeline.stages;
    delete pipeline.approval;
  }
  return d;
}
