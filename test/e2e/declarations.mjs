// Random declarations over the whole schema, by fast-check: most are right, the rest are what a hurried person writes.
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { resolved, schema } from './random/leaves.mjs';
import { settle } from './random/settle.mjs';

const require = createRequire(import.meta.url);
const { machinesOf } = require('../../lib/core/catalogue.js');
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

/** Each kind and number of GPUs that some machine has. */
const MACHINES = ['aws', 'azure', 'gcp'].flatMap((cloud) =>
  machinesOf(cloud).map(({ accelerator, gpus }) => ({ type: accelerator, count: gpus })),
);

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
  [/inference\.\*\.accelerator$/, [{ memoryGib: 16 }, { memoryGib: 24, count: 1 }, { type: 'L4' }]],
  [/\.accelerator$/, [{ memoryGib: 16 }, { memoryGib: 24, count: 1 }, { memoryGib: 1, count: 8 }, ...MACHINES]],
  [/\.nodes\.(min|max)$/, [0, 1, 2, 8]],
  [/\.nodesPerJob$/, [1, 1, 2, 16]],
  [
    /\.capacity$/,
    [['spot', 'on-demand'], ['on-demand'], ['spot'], ['reservation', 'on-demand'], ['reservation'], ['flex-start'], ['spot', 'flex-start']],
  ],
  [/\.reservations\.aws$/, ['cr-0123456789abcdef0']],
  [/\.reservations\.gcp$/, ['projects/acme-ml-dev/zones/europe-west4-a/reservations/r']],
  [/\.port$/, [80, 8080, 65_535]],
  [/\.maxDuration$/, ['30m', '12h', '2d', '1.5h']],
  [/\.cron$/, ['0 3 * * 1', '*/15 * * * *', '30 4 1,15 * *', '0 0 * * 1-5']],
  [/\.timeZone$/, ['UTC', 'Europe/Berlin', 'America/New_York']],
  [/\.env\.\*$/, ['info', '', '${HOME} "quoted" \\ %d']],
  [/\.healthPath$/, ['/health', '/v1/up']],
  [/mlflow\.cpu$/, [1, 2]],
  [/\.cpu$/, [1, 2, 4]],
  [/inference\.\*\.memory$/, ['2GiB', '4GiB', '3072MiB']],
  [/mlflow\.memory$/, ['2GiB', '4GiB']],
  [/\.timeout$/, ['10s', '29s']],
  [/\.scaling\.(min|max)$/, [0, 1, 3, 10]],
  [/\.concurrency$/, [1, 8, 80]],
  [/\.percent$/, [1, 10, 50]],
  [/\.interval$/, ['5m', '10m', '1h']],
  [/inference\.\*\.model$/, NAMES.models.flatMap((m) => [`models:/${m}/production`, `models:/${m}/3`])],
  [/training\.\*\.model$/, NAMES.models],
  [/\.owner$/, ['acme']],
  [/repository\.name$/, ['housing']],
  [/\.branch$/, ['main', 'release/1.x']],
  [/\.stages$/, [['lint', 'test', 'build', 'deploy'], ['build', 'deploy'], ['lint', 'test'], ['build']]],
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
  [/\.entity\.name$/, ['listing_id', 'area']],
  [/\.entity\.type$/, ['string', 'int']],
  [/\.eventTime$/, ['updated_at']],
  [/\.approvers\.aws$/, [['arn:aws:iam::123456789012:role/ml-lead']]],
  [/\.approvers\.azure$/, [[GUID]]],
  [/\.approvers\.gcp$/, [['user:ada@example.com', 'serviceAccount:ci@acme-ml-dev.iam.gserviceaccount.com']]],
  [/\.(email|critical)$/, ['ml@example.com']],
  [/\.availability$/, [99, 99.5, 99.95]],
  [/\.percentile$/, [50, 95, 99]],
  [/\.threshold$/, ['300ms', '2s']],
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
const RARE = /\.(existing|state|account|devOps|on|accelerator|acknowledge)$/;

/** What somebody writes without having read the documentation: all by itself may be, most of it together may not. */
export const hasty = walk(schema, '');
/** What somebody writes who has. */
export const declarations = hasty.map(settle);

function walk(node, path) {
  const at = path.replace(/^\./, '');
  const [, values] = VALUES.find(([pattern]) => pattern.test(at)) ?? [];
  if (values) return fc.constantFrom(...values);
  const n = resolved(node);
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
      .subarray(keys, { minLength: /\.features$|privateDnsZoneIds$/.test(at) ? 1 : 0 })
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
      return fc.option(made, { freq: path ? 2 : 3, nil: undefined }).map((value) => [key, value]);
    });
    const rare = (key) => RARE.test(`${path}.${key}`) && !n.required?.includes(key);
    return fc
      .tuple(fc.infiniteStream(fc.nat(9)), ...fields)
      .map(([dice, ...entries]) =>
        Object.fromEntries(entries.filter(([key, value]) => value !== undefined && (!rare(key) || dice.next().value > 6))),
      );
  }
  throw new Error(`nothing is known of ${at}: add it to VALUES`);
}
