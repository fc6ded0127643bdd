// The platform that wires everything.
import { declaration } from '../declaration.mjs';
import { ACCOUNT, DATABASE_SECRET, GROUP, IMAGE, REGION, SUBNETS, VPC, ZONES } from './names.mjs';

export const platform = {
  'MlPlatform minimal': ({ aws, stack }) => {
    new aws.MlPlatform(stack, 'Platform', MINIMAL);
  },
  'MlPlatform maximal': ({ aws, stack }) => {
    const made = new aws.MlPlatform(stack, 'Platform', EVERYTHING);
    made.buildPipeline('release');
    made.featureStore('listings');
    made.inferenceService('predict');
    made.modelRegistry('housing');
    made.secret('hub');
    made.sharedFileSystem('scratch');
    made.trainingCluster('trainer');
  },
  'MlPlatform maximal, on what exists': ({ aws, stack }) => {
    new aws.MlPlatform(stack, 'Platform', EXISTING);
  },
  'MlPlatform maximal, on a database that exists': ({ aws, stack }) => {
    new aws.MlPlatform(stack, 'Platform', ON_DATABASE);
  },
  'MlPlatform maximal, managed tracking': ({ aws, stack }) => {
    new aws.MlPlatform(stack, 'Platform', { ...MINIMAL, tracking: { mlflow: { engine: 'managed' } } });
  },
  'MlPlatformStack minimal': ({ aws, app, id }) => {
    new aws.MlPlatformStack(app, id, MINIMAL);
  },
  'MlPlatformStack maximal': ({ aws, app, id }) => {
    new aws.MlPlatformStack(app, id, { ...EVERYTHING, targets: { aws: { ...AWS, account: ACCOUNT, stacks: 'per-entry' } } });
  },
};

const AWS = { region: REGION };
const MINIMAL = { name: 'housing', targets: { aws: AWS } };
const EVERYTHING = declaration('aws', { ...AWS, account: ACCOUNT, stacks: 'one' });
/** On what the organization owns already. */
const EXISTING = declaration(
  'aws',
  {
    ...AWS,
    existing: {
      network: { vpcId: VPC, availabilityZones: ZONES, privateSubnetIds: SUBNETS },
      artifactBucket: 'acme-ml',
      imageRepository: 'acme/housing',
      mlflow: 'https://mlflow.example.com',
    },
  },
  { environment: 'prod', acknowledge: { 'AwsSolutions-S1': 'of no matter here' } },
);
const DATABASE = {
  host: 'mlflow.cluster-abc.eu-west-1.rds.amazonaws.com',
  name: 'experiments',
  secretArn: DATABASE_SECRET,
  securityGroupId: GROUP,
};
/** What AWS decides otherwise than the other clouds: machines that are reserved or stay. */
const ON_DATABASE = {
  ...MINIMAL,
  targets: { aws: { ...AWS, existing: { database: DATABASE } } },
  tracking: { mlflow: { memory: '6GiB' } },
  inference: { fast: { image: IMAGE, cpu: 4, scaling: { min: 2 } } },
  training: {
    own: {
      image: IMAGE,
      accelerator: { memoryGib: 24 },
      nodes: { min: 1, max: 2 },
      capacity: ['reservation', 'on-demand'],
      reservations: { aws: 'cr-0123456789abcdef0' },
    },
  },
};
