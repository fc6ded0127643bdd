import { Change, Report } from '../../lib/review/model';

const BASE = { findings: [], causes: [], replacement: 'no' } as const;

/** A change of each kind, on each cloud, as the comparison would hand them over: the dangerous first. */
export const CHANGES: readonly Change[] = [
  {
    ...BASE,
    cloud: 'aws',
    stack: 'housing-prod',
    address: 'PlatformArtifacts1D2C3B4A',
    path: 'housing-prod/Platform/Artifacts/Resource',
    type: 'AWS::S3::Bucket',
    action: 'replace',
    replacement: 'yes',
    causes: [
      { path: 'Properties.BucketName', before: 'acme-ml-artifacts', after: 'acme-ml-artifacts-eu', replacement: 'yes' },
      { path: 'Properties.VersioningConfiguration.Status', before: 'Enabled', after: 'Suspended', replacement: 'no' },
    ],
    findings: [
      {
        class: 'data-loss',
        why: 'The bucket is made anew and the old one is deleted with its objects, because its deletion policy is Delete.',
      },
      { class: 'replace', why: 'BucketName cannot be changed in place.' },
    ],
    advice: 'Set DeletionPolicy to Retain and copy the objects, or keep the name.',
  },
  {
    ...BASE,
    cloud: 'gcp',
    stack: 'housing-prod-gcp',
    address: 'google_cloud_run_v2_service.Platform_InferencePredict_7A',
    path: 'housing-prod-gcp/Platform/InferencePredict/Resource',
    type: 'google_cloud_run_v2_service',
    action: 'replace',
    replacement: 'yes',
    causes: [
      { path: 'location', before: 'europe-west4', after: 'europe-west1', replacement: 'yes' },
      { path: 'template[0].containers[0].env[2].value', replacement: 'no', sensitive: true },
      { path: 'custom_audiences', after: ['a'], replacement: 'conditional' },
    ],
    findings: [
      { class: 'replace', why: 'location forces a replacement; the service gets another URL.' },
      { class: 'interrupt', why: 'The old service is deleted before the new one is made.', conditional: true },
    ],
  },
  {
    ...BASE,
    cloud: 'aws',
    stack: 'housing-prod',
    address: 'PlatformInferencePredictUrlPermission',
    path: 'housing-prod/Platform/InferencePredict/Permission',
    type: 'AWS::Lambda::Permission',
    action: 'add',
    after: { Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE', Environment: { DB_PASSWORD: 'hunter2' } },
    findings: [{ class: 'access', why: 'Everybody (*) may call the function housing-prod/Platform/InferencePredict without signing in.' }],
  },
  {
    ...BASE,
    cloud: 'azure',
    stack: 'housing-prod-azure',
    address: 'azurerm_strange_thing.Thing',
    type: 'azurerm_strange_thing',
    action: 'update',
    replacement: 'unknown',
    causes: [{ path: 'mode', before: 'a', after: 'b', replacement: 'unknown' }],
    findings: [{ class: 'unknown', why: 'Nothing is known of the type azurerm_strange_thing.' }],
  },
  {
    ...BASE,
    cloud: 'azure',
    stack: 'housing-prod-azure',
    address: 'azurerm_machine_learning_compute_cluster.Train',
    path: 'housing-prod-azure/Platform/TrainingTrainer/Cluster',
    type: 'azurerm_machine_learning_compute_cluster',
    action: 'update',
    causes: [{ path: 'scale_settings[0].max_node_count', before: 4, after: 16, replacement: 'no' }],
    findings: [{ class: 'capacity', why: 'At most 16 nodes, where it was 4.' }],
  },
  {
    ...BASE,
    cloud: 'aws',
    stack: 'housing-prod',
    address: 'PlatformTagged',
    path: 'housing-prod/Platform/Registry/Resource',
    type: 'AWS::ECR::Repository',
    action: 'update',
    causes: [{ path: 'Properties.Tags', before: [{ Key: 'team', Value: 'a' }], after: [{ Key: 'team', Value: 'b' }], replacement: 'no' }],
    findings: [{ class: 'cosmetic', why: 'Tags only.' }],
  },
  {
    ...BASE,
    cloud: 'gcp',
    stack: 'housing-prod-gcp',
    address: 'google_monitoring_dashboard.New',
    path: 'housing-prod-gcp/Platform/Watch/Dashboard',
    type: 'google_monitoring_dashboard',
    action: 'move',
    from: 'google_monitoring_dashboard.Old',
    advice: 'Add a moved block from google_monitoring_dashboard.Old.',
  },
];

export const REPORT: Report = reportOf(CHANGES);

/** A report of some changes. */
export function reportOf(changes: readonly Change[]): Report {
  const stacks = new Map(changes.map(({ cloud, stack }) => [stack, { cloud, stack, before: true, after: true }]));
  return { changes, stacks: [...stacks.values()] };
}

/** What nobody should be able to run, close or hide in: as a value, an address, a path and a sentence. */
export const EVIL =
  '</script></style></details><img src=x onerror="document.title=\'hit\'">`|**[x](javascript:hit)** @team #1 \u202e \u001b[31m';

export const HOSTILE: Change = {
  ...BASE,
  cloud: 'aws',
  stack: `stack ${EVIL}`,
  address: `address ${EVIL}`,
  path: `stack ${EVIL}/path ${EVIL}`,
  type: `type ${EVIL}`,
  action: 'update',
  from: EVIL,
  advice: EVIL,
  causes: [{ path: EVIL, before: EVIL, after: { [EVIL]: EVIL }, replacement: 'no' }],
  findings: [{ class: 'unknown', why: EVIL }],
};
