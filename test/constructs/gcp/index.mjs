// The constructs of mlops-constructs/gcp, each with as few props as it takes and with as many.
import { createRequire } from 'node:module';
import { IDLE } from '../declaration.mjs';
import { control } from './control.mjs';
import { foundation } from './foundation.mjs';
import { learning } from './learning.mjs';
import { PLACE, PROJECT, REGION } from './names.mjs';

const require = createRequire(import.meta.url);
const { App, TerraformStack } = require('cdktf');
const { GoogleProvider } = require('@cdktf/provider-google/lib/provider');

export const cloud = 'gcp';
export const cases = { ...foundation, ...learning, ...control };
/** What no case uses, and why. */
export const left = {
  'GpuTrainingClusterProps.minNodes': 'refused: Batch keeps no machine between jobs',
  'RepositoryProvider.AZURE_REPOS': 'refused: Cloud Build does not connect to it',
  'TrackingEngine.MANAGED': 'refused: Google Cloud has no managed MLflow',
};

/** What changes nothing, and why. */
export const idle = {
  ...IDLE,
  'BuildPipelineProps.environment': 'nothing that Cloud Build keeps is in the stack',
  'ExperimentTrackingProps.engine': 'Google Cloud has one only',
  'MlflowDeclaration.engine': 'Google Cloud has one only',
  'ModelRegistryProps.environment': 'models are kept by the tracking server',
  'MonitoringProps.environment': 'metrics are kept by Cloud Monitoring',
  'NodesDeclaration.min': 'none is kept between jobs: 0 is all that is taken',
  'TrackingServerAttributes.privateAccess': 'says who is refused: programs outside of the network',
};

/** An app, and what a case gets: the room, the words of core, and what stacks share, imported when it is first asked for. */
export function world(gcp, core, id, outdir) {
  const app = new App({ outdir });
  const shared = new Map();
  const context = {
    app,
    id,
    gcp,
    core,
    get stack() {
      return once('stack', () => stackOf(app, id));
    },
    get someone() {
      return gcp.IamMember.group('ml@example.com');
    },
  };
  const once = (name, make) => {
    if (!shared.has(name)) shared.set(name, make(name === 'stack' ? undefined : context.stack));
    return shared.get(name);
  };
  const imports = {
    network: (s) => gcp.MlNetwork.fromNetworkAttributes(s, 'Network', NETWORK),
    registry: (s) => gcp.ImageRegistry.fromImageRegistryAttributes(s, 'Images', { ...PLACE, repositoryId: 'ml' }),
    store: (s) => gcp.ArtifactStore.fromArtifactStoreAttributes(s, 'Store', { bucketName: 'acme-ml', project: PROJECT }),
    tracking: (s) => gcp.ExperimentTracking.fromTrackingServerAttributes(s, 'Tracking', TRACKING),
    secret: (s) => gcp.Secret.fromSecretAttributes(s, 'Secret', { project: PROJECT, secretId: 'token', version: '3' }),
    files: (s) => gcp.SharedFileSystem.fromSharedFileSystemAttributes(s, 'Files', { kind: 'posix', server: '10.0.16.2', path: '/share' }),
  };
  for (const [name, make] of Object.entries(imports)) Object.defineProperty(context, name, { get: () => once(name, make) });
  return { app, context };
}

function stackOf(app, id) {
  const stack = new TerraformStack(app, id);
  new GoogleProvider(stack, 'Google', PLACE);
  return stack;
}

const NETWORK = {
  networkId: `projects/${PROJECT}/global/networks/ml`,
  subnetworkId: `projects/${PROJECT}/regions/${REGION}/subnetworks/ml`,
  cidr: '10.0.0.0/20',
  servicesRange: 'google-managed-services-ml',
};
const TRACKING = {
  trackingUri: 'https://mlflow.example.com',
  audience: 'https://mlflow.example.com',
  eventTopic: `projects/${PROJECT}/topics/models`,
  privateAccess: true,
  service: { ...PLACE, serviceName: 'mlflow' },
};
