import { findGcp, GCP_KINDS } from '../../lib/review/classify/gcp';
import { Body, Snapshot } from '../../lib/review/model';
import { diffTerraform } from '../../lib/review/terraform';
import { changeOf, factTypes, texts } from './classify';

const bucket = (x: Body) => ({
  name: 'data',
  location: 'europe-west4',
  public_access_prevention: 'enforced',
  uniform_bucket_level_access: true,
  ...x,
});
const run = (x: Body, t: Body = {}, c: Body = {}) => ({
  name: 'predict',
  location: 'europe-west4',
  ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
  deletion_protection: true,
  ...x,
  template: {
    service_account: 'run@acme.iam.gserviceaccount.com',
    scaling: { min_instance_count: 0, max_instance_count: 10 },
    containers: [{ image: 'a', resources: { cpu_idle: true, limits: { cpu: '1', memory: '2048Mi' } }, ...c }],
    ...t,
  },
});
const B = 'google_storage_bucket',
  R = 'google_cloud_run_v2_service',
  M = 'google_storage_bucket_iam_member',
  A = 'google_artifact_registry_repository',
  F = 'google_compute_firewall';
const rule = (age: number, x: Body = {}) => ({ action: { type: 'Delete' }, condition: { age, ...x } });
const repo = (x: Body) => ({ repository_id: 'images', format: 'DOCKER', location: 'europe-west4', ...x });
const keep = (n: number) => ({ id: 'keep', action: 'KEEP', most_recent_versions: { keep_count: n } });
const del = (s: string) => ({ id: 'rest', action: 'DELETE', condition: { older_than: s } });
const member = (x: Body) => ({
  bucket: 'data',
  role: 'roles/storage.objectViewer',
  member: 'serviceAccount:job@acme.iam.gserviceaccount.com',
  ...x,
});
const fw = (x: Body) => ({
  name: 'web',
  network: 'default',
  allow: [{ protocol: 'tcp', ports: ['443'] }],
  source_ranges: ['10.0.0.0/8'],
  ...x,
});
const link = (name: string, x: Body = {}, p: Body = {}) => ({
  name,
  allocationPolicy: {
    location: { allowedLocations: ['regions/europe-west4'] },
    instances: [
      {
        blockProjectSshKeys: true,
        policy: {
          machineType: 'g2-standard-4',
          accelerators: [{ type: 'nvidia-l4', count: 1 }],
          provisioningModel: name === 'spot' ? 'SPOT' : 'STANDARD',
          ...p,
        },
      },
    ],
    network: { networkInterfaces: [{ noExternalIpAddress: true }] },
    serviceAccount: { email: 'job@acme.iam.gserviceaccount.com' },
    ...x,
  },
});
const wf = (links: readonly Body[], x: Body = {}, y: Body = {}) => ({
  name: 'train',
  region: 'europe-west4',
  deletion_protection: false,
  service_account: 'w@acme',
  source_contents: JSON.stringify({
    main: {
      steps: [
        { init: { assign: [{ links }, { nodes: x.nodes ?? 1 }, { slots: x.slots ?? 4 }] } },
        {
          create: {
            args: {
              body: {
                taskGroups: [
                  { taskSpec: { runnables: [{ container: { imageUri: x.image ?? 'a', options: x.options ?? '--gpus all' } }] } },
                ],
              },
            },
          },
        },
      ],
    },
  }),
  ...y,
});
const CASES: readonly (readonly [string, string, Body | undefined, Body | undefined, readonly string[]])[] = [
  [
    'a bucket that goes with its objects',
    B,
    bucket({ force_destroy: true }),
    undefined,
    ['data-loss: The bucket data is destroyed with every object in it.'],
  ],
  [
    'a bucket that Terraform does not delete while it is full',
    B,
    bucket({}),
    undefined,
    [
      'data-loss: The bucket data is destroyed with every object in it. Terraform refuses that as long as objects are in it, because `force_destroy` is off.',
    ],
  ],
  [
    'a bucket of another name',
    B,
    bucket({ force_destroy: true }),
    bucket({ force_destroy: true, name: 'other' }),
    ['data-loss: The bucket data is destroyed with every object in it; the new one is empty.'],
  ],
  [
    'a bucket that may be replaced only by force',
    B,
    bucket({ lifecycle: { prevent_destroy: true } }),
    bucket({ location: 'us-east1', lifecycle: { prevent_destroy: true } }),
    [
      'data-loss: The bucket data is destroyed with every object in it; the new one is empty. Terraform refuses that as long as `prevent_destroy` is set. Terraform refuses that as long as objects are in it, because `force_destroy` is off.',
    ],
  ],
  [
    'a bucket that is emptied when it is destroyed',
    B,
    bucket({ force_destroy: false }),
    bucket({ force_destroy: true }),
    ['data-loss: Destroying the bucket data deletes every object in it from now on: `force_destroy` is on.'],
  ],
  [
    'versions that are no longer kept',
    B,
    bucket({ versioning: { enabled: true } }),
    bucket({ versioning: { enabled: false } }),
    ['data-loss: An object of the bucket data that is overwritten or deleted is gone: versions are no longer kept.'],
  ],
  [
    'deleted objects that are kept for less',
    B,
    bucket({ soft_delete_policy: { retention_duration_seconds: 2592000 } }),
    bucket({ soft_delete_policy: { retention_duration_seconds: 604800 } }),
    ['data-loss: Deleted objects of the bucket data are kept for 7 days, where it was 30 days.'],
  ],
  [
    'deleted objects that are not kept',
    B,
    bucket({}),
    bucket({ soft_delete_policy: { retention_duration_seconds: 0 } }),
    ['data-loss: Deleted objects of the bucket data are kept for no time at all, where it was 7 days.'],
  ],
  [
    'deleted objects that are kept for longer',
    B,
    bucket({ soft_delete_policy: { retention_duration_seconds: 604800 } }),
    bucket({ soft_delete_policy: { retention_duration_seconds: 2592000 } }),
    [],
  ],
  [
    'a retention that is only known later',
    B,
    bucket({ soft_delete_policy: { retention_duration_seconds: 604800 } }),
    bucket({ soft_delete_policy: { retention_duration_seconds: '${var.seconds}' } }),
    [
      'data-loss?: `soft_delete_policy.retention_duration_seconds` changes from 604800 to var.seconds: whether it gets lower is only known when it is applied.',
    ],
  ],
  [
    'a retention policy that goes',
    B,
    bucket({ retention_policy: { retention_period: 86400 } }),
    bucket({}),
    ['data-loss: Objects of the bucket data may be deleted at any time, where they had to stay for 1 day.'],
  ],
  [
    'objects that are deleted earlier',
    B,
    bucket({ lifecycle_rule: [rule(90)] }),
    bucket({ lifecycle_rule: [rule(30)] }),
    ['data-loss: Objects of the bucket data are deleted after 30 days, where it was 90.'],
  ],
  ['objects that are deleted later', B, bucket({ lifecycle_rule: [rule(30)] }), bucket({ lifecycle_rule: [rule(90)] }), []],
  [
    'objects that a new rule deletes',
    B,
    bucket({}),
    bucket({ lifecycle_rule: [rule(30, { matches_prefix: ['checkpoints/'] })] }),
    ['data-loss: Objects of the bucket data are deleted after 30 days if they begin with checkpoints/, where no rule did so.'],
  ],
  [
    'old versions that are deleted earlier',
    B,
    bucket({ lifecycle_rule: [{ action: { type: 'Delete' }, condition: { days_since_noncurrent_time: 30, with_state: 'ARCHIVED' } }] }),
    bucket({ lifecycle_rule: [{ action: { type: 'Delete' }, condition: { days_since_noncurrent_time: 7, with_state: 'ARCHIVED' } }] }),
    ['data-loss: Old versions of objects in the bucket data are deleted after 7 days, where it was 30.'],
  ],
  [
    'public access that is no longer prevented',
    B,
    bucket({}),
    bucket({ public_access_prevention: 'inherited' }),
    ['access: Whoever may set rights on the bucket data can make it public: public access is no longer prevented.'],
  ],
  [
    'access control lists',
    B,
    bucket({}),
    bucket({ uniform_bucket_level_access: false }),
    ['access: Single objects of the bucket data can be shared past its policy: access control lists are on.'],
  ],
  [
    'a key that is gone',
    B,
    bucket({ encryption: { default_kms_key_name: 'k' } }),
    bucket({}),
    ["access: Whoever may read the bucket data no longer needs a key of yours: it is encrypted with Google's."],
  ],
  [
    'another key',
    B,
    bucket({ encryption: { default_kms_key_name: 'k' } }),
    bucket({ encryption: { default_kms_key_name: 'l' } }),
    ['access: The bucket data is encrypted with another key: whoever may use l can read what is written from now on.'],
  ],
  ['labels of a bucket', B, bucket({ labels: { a: 'b' } }), bucket({ labels: { a: 'c' } }), []],
  [
    'a right for everybody',
    M,
    undefined,
    member({ member: 'allUsers' }),
    ['access: Everybody on the internet (allUsers) may read objects of the bucket data (roles/storage.objectViewer).'],
  ],
  [
    'a right for everybody with an account',
    M,
    undefined,
    member({ member: 'allAuthenticatedUsers' }),
    ['access: Everybody with a Google account (allAuthenticatedUsers) may read objects of the bucket data (roles/storage.objectViewer).'],
  ],
  [
    'a right under a condition',
    M,
    undefined,
    member({ condition: { title: 'only data', expression: 'resource.name.startsWith("data/")' } }),
    [
      'access: serviceAccount:job@acme.iam.gserviceaccount.com may read objects of the bucket data (roles/storage.objectViewer), if resource.name.startsWith("data/").',
    ],
  ],
  [
    'a condition that goes',
    M,
    member({ condition: { title: 'only data', expression: 'resource.name.startsWith("data/")' } }),
    member({}),
    ['access: serviceAccount:job@acme.iam.gserviceaccount.com may read objects of the bucket data (roles/storage.objectViewer).'],
  ],
  [
    'another condition',
    M,
    member({ condition: { title: 'a', expression: 'x' } }),
    member({ condition: { title: 'b', expression: 'y' } }),
    [
      'access?: serviceAccount:job@acme.iam.gserviceaccount.com may read objects of the bucket data (roles/storage.objectViewer), if y. Whether that is more than before is not known: the condition differs.',
    ],
  ],
  [
    'a stronger role',
    M,
    member({}),
    member({ role: 'roles/storage.objectAdmin' }),
    [
      'access: serviceAccount:job@acme.iam.gserviceaccount.com may read, write, delete and share objects of the bucket data (roles/storage.objectAdmin).',
    ],
  ],
  ['a weaker role', M, member({ role: 'roles/storage.objectAdmin' }), member({}), []],
  [
    'a role that is not in the table',
    'google_project_iam_member',
    undefined,
    { project: 'acme', role: 'roles/aiplatform.user', member: 'user:a@example.com' },
    ['access: user:a@example.com gets the role roles/aiplatform.user on the project acme.'],
  ],
  [
    'a right on an account',
    'google_service_account_iam_member',
    undefined,
    {
      service_account_id: '${google_service_account.job.name}',
      role: 'roles/iam.serviceAccountUser',
      member: '${google_service_account.run.member}',
    },
    ['access: google_service_account.run may run things as the service account google_service_account.job (roles/iam.serviceAccountUser).'],
  ],
  [
    'a right that is withdrawn',
    'google_cloud_run_v2_service_iam_member',
    { name: 'predict', location: 'x', role: 'roles/run.invoker', member: 'allUsers' },
    undefined,
    ['interrupt?: Everybody on the internet (allUsers) may no longer call the service predict (roles/run.invoker).'],
  ],
  [
    'members that join a binding',
    'google_pubsub_topic_iam_binding',
    { topic: 't', role: 'roles/pubsub.publisher', members: ['user:a@example.com'] },
    { topic: 't', role: 'roles/pubsub.publisher', members: ['user:a@example.com', 'domain:example.com'] },
    ['access: Everybody of example.com may publish to the topic t (roles/pubsub.publisher).'],
  ],
  [
    'rights that are set as a whole',
    'google_storage_bucket_iam_policy',
    { bucket: 'data', policy_data: 'a' },
    { bucket: 'data', policy_data: 'b' },
    ['access?: Who has which right on the bucket data is set as a whole: read the policy.'],
  ],
  ['a repository that goes', A, repo({}), undefined, ['data-loss: The repository images is destroyed with every image and package in it.']],
  [
    'fewer versions of images',
    A,
    repo({ cleanup_policies: [keep(10), del('86400s')] }),
    repo({ cleanup_policies: [keep(5), del('86400s')] }),
    ['data-loss: The 5 newest versions of an image in the repository images are kept, where it was 10.'],
  ],
  [
    'images that are deleted earlier',
    A,
    repo({ cleanup_policies: [keep(10), del('2592000s')] }),
    repo({ cleanup_policies: [keep(10), del('86400s')] }),
    ['data-loss: Images of the repository images are deleted after 1 day, where it was 30 days.'],
  ],
  [
    'images that nothing keeps',
    A,
    repo({ cleanup_policies: [keep(10), del('86400s')] }),
    repo({ cleanup_policies: [del('86400s')] }),
    ['data-loss: Nothing keeps images of the repository images any more: the policy keep is gone.'],
  ],
  [
    'tags that can be moved',
    A,
    repo({ docker_config: { immutable_tags: true } }),
    repo({ docker_config: { immutable_tags: false } }),
    ['access: Whoever may push to the repository images can put another image behind a tag that is in use.'],
  ],
  [
    'a cleanup that is in earnest',
    A,
    repo({ cleanup_policy_dry_run: true }),
    repo({ cleanup_policy_dry_run: false }),
    ['data-loss: The cleanup policies of the repository images delete from now on, where they only said what they would.'],
  ],
  [
    'a service in another region',
    R,
    run({}),
    run({ location: 'us-east1' }),
    ['interrupt: The service predict does not answer until the new one is there, which may have another URL.'],
  ],
  ['a service that goes', R, run({}), undefined, ['interrupt: Nothing answers at the URL of the service predict.']],
  [
    'a service on the internet',
    R,
    run({}),
    run({ ingress: 'INGRESS_TRAFFIC_ALL' }),
    ['access: The internet reaches the service predict; whoever may call it can do so from there.'],
  ],
  [
    'a service behind a load balancer',
    R,
    run({}),
    run({ ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER' }),
    [
      'access: A load balancer of the project, which may face the internet, reaches the service predict; whoever may call it can do so from there.',
    ],
  ],
  ['a service that is closed', R, run({ ingress: 'INGRESS_TRAFFIC_ALL' }), run({}), []],
  [
    'a new service on the internet',
    R,
    undefined,
    run({ ingress: 'INGRESS_TRAFFIC_ALL' }),
    ['access: The internet reaches the service predict; whoever may call it can do so from there.'],
  ],
  [
    'a service that anybody may call',
    R,
    run({}),
    run({ invoker_iam_disabled: true }),
    ['access: Everybody who reaches the service predict may call it: the permission to call is no longer checked.'],
  ],
  [
    'a service that may be deleted',
    R,
    run({}),
    run({ deletion_protection: false }),
    ['data-loss: The service predict is no longer protected from deletion.'],
  ],
  [
    'more instances',
    R,
    run({}),
    run({}, { scaling: { min_instance_count: 1, max_instance_count: 20 } }),
    ['capacity: The minimum of instances goes up from 0 to 1.', 'capacity: The maximum of instances goes up from 10 to 20.'],
  ],
  [
    'another concurrency',
    R,
    run({}, { max_instance_request_concurrency: 80 }),
    run({}, { max_instance_request_concurrency: 8 }),
    ['capacity: The number of requests that an instance takes at the same time goes down from 80 to 8.'],
  ],
  [
    'more CPU and memory',
    R,
    run({}),
    run({}, {}, { resources: { cpu_idle: true, limits: { cpu: '2', memory: '4Gi' } } }),
    ['capacity: The CPU goes up from 1 to 2.', 'capacity: The memory goes up from 2048Mi to 4Gi.'],
  ],
  [
    'a GPU',
    R,
    run({}),
    run(
      {},
      { node_selector: { accelerator: 'nvidia-l4' } },
      { resources: { cpu_idle: true, limits: { cpu: '1', memory: '2048Mi', 'nvidia.com/gpu': '1' } } },
    ),
    ['capacity: The accelerator is now nvidia-l4, where nothing was declared.', 'capacity: The number of GPUs goes up from 0 to 1.'],
  ],
  [
    'a CPU that is always there',
    R,
    run({}),
    run({}, {}, { resources: { cpu_idle: false, limits: { cpu: '1', memory: '2048Mi' } } }),
    ['capacity: The CPU is always there, and paid for, where it was only while a request is served.'],
  ],
  ['another image', R, run({}), run({}, {}, { image: 'b' }), []],
  [
    'another identity',
    R,
    run({}),
    run({}, { service_account: 'admin@acme.iam.gserviceaccount.com' }),
    [
      'access: The service predict runs as admin@acme.iam.gserviceaccount.com and may do what that may, where it was run@acme.iam.gserviceaccount.com.',
    ],
  ],
  [
    'traffic past the network',
    R,
    run({}, { vpc_access: { egress: 'ALL_TRAFFIC' } }),
    run({}, { vpc_access: { egress: 'PRIVATE_RANGES_ONLY' } }),
    ['access: What the service predict sends to public addresses goes past the network, whose firewall no longer sees it.'],
  ],
  [
    'a firewall that lets in the internet',
    F,
    fw({}),
    fw({ source_ranges: ['0.0.0.0/0'] }),
    [
      'access: Everybody on the internet (0.0.0.0/0) may reach tcp 443 of every machine in the network default: the firewall rule web allows it.',
    ],
  ],
  ['a firewall that lets in fewer', F, fw({}), fw({ source_ranges: ['10.1.0.0/16'] }), []],
  [
    'a firewall with another port',
    F,
    fw({}),
    fw({ allow: [{ protocol: 'tcp', ports: ['443', '22'] }] }),
    ['access: 10.0.0.0/8 may reach tcp 443 and 22 of every machine in the network default: the firewall rule web allows it.'],
  ],
  [
    'a new firewall rule',
    F,
    undefined,
    fw({ source_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp', ports: ['22'] }], target_tags: ['train'] }),
    ['access: Everybody on the internet (0.0.0.0/0) may reach tcp 22 of train in the network default: the firewall rule web allows it.'],
  ],
  [
    'a rule that denies and goes',
    F,
    fw({ allow: undefined, deny: [{ protocol: 'all' }], source_ranges: ['0.0.0.0/0'] }),
    undefined,
    [
      'access: Everybody on the internet (0.0.0.0/0) may reach every port of every machine in the network default where another rule allows it: the firewall rule web no longer denies it.',
    ],
  ],
  [
    'a rule that denies and is disabled',
    F,
    fw({ allow: undefined, deny: [{ protocol: 'all' }], source_ranges: ['0.0.0.0/0'] }),
    fw({ allow: undefined, deny: [{ protocol: 'all' }], source_ranges: ['0.0.0.0/0'], disabled: true }),
    [
      'access: Everybody on the internet (0.0.0.0/0) may reach every port of every machine in the network default where another rule allows it: the firewall rule web no longer denies it.',
    ],
  ],
  [
    'a rule that denies after others',
    F,
    fw({ allow: undefined, deny: [{ protocol: 'all' }], priority: 100 }),
    fw({ allow: undefined, deny: [{ protocol: 'all' }], priority: 2000 }),
    ['access?: The firewall rule web counts after others now: its priority is 2000, where it was 100.'],
  ],
  ['a rule that allows less and goes', F, fw({}), undefined, []],
  [
    'a subnetwork with public addresses',
    'google_compute_subnetwork',
    { name: 's', network: 'n', ip_cidr_range: '10.0.0.0/20' },
    { name: 's', network: 'n', ip_cidr_range: '10.0.0.0/20', stack_type: 'IPV4_IPV6', ipv6_access_type: 'EXTERNAL' },
    ['access: Machines of the subnetwork s get public IPv6 addresses.'],
  ],
  [
    'a NAT that goes',
    'google_compute_router_nat',
    { name: 'nat', router: 'r' },
    undefined,
    ['interrupt: Machines without a public address no longer reach the internet by the NAT nat.'],
  ],
  [
    'a schedule that goes',
    'google_cloud_scheduler_job',
    { name: 'weekly', schedule: '0 3 * * 1' },
    undefined,
    ['interrupt: Nothing starts by the schedule weekly any more.'],
  ],
  [
    'a schedule that is paused',
    'google_cloud_scheduler_job',
    { name: 'weekly', schedule: '0 3 * * 1' },
    { name: 'weekly', schedule: '0 3 * * 1', paused: true },
    ['interrupt: Nothing starts by the schedule weekly any more: it is paused.'],
  ],
  ['another hour', 'google_cloud_scheduler_job', { name: 'weekly', schedule: '0 3 * * 1' }, { name: 'weekly', schedule: '0 4 * * 1' }, []],
  [
    'an alert that goes',
    'google_monitoring_alert_policy',
    { display_name: 'Requests fail', combiner: 'OR' },
    undefined,
    ['interrupt: Nobody is told any more of "Requests fail".'],
  ],
  [
    'an alert that is off',
    'google_monitoring_alert_policy',
    { display_name: 'Requests fail', combiner: 'OR' },
    { display_name: 'Requests fail', combiner: 'OR', enabled: false },
    ['interrupt: Nobody is told any more of "Requests fail": it is off.'],
  ],
  [
    'an alert that reaches nobody',
    'google_monitoring_alert_policy',
    { display_name: 'Requests fail', combiner: 'OR', notification_channels: ['c'] },
    { display_name: 'Requests fail', combiner: 'OR' },
    ['interrupt: Nobody is told any more of "Requests fail": it has no notification channel.'],
  ],
  [
    'a notification channel that goes',
    'google_monitoring_notification_channel',
    { display_name: 'on call', type: 'email', labels: { email_address: 'a@example.com' } },
    undefined,
    ['interrupt: Nobody is told any more by the notification channel on call.'],
  ],
  [
    'somebody else who is told',
    'google_monitoring_notification_channel',
    { display_name: 'on call', type: 'email', labels: { email_address: 'a@example.com' } },
    { display_name: 'on call', type: 'email', labels: { email_address: 'b@example.com' } },
    ['interrupt: a@example.com is no longer told by the notification channel on call; b@example.com is.'],
  ],
  ['a dashboard that goes', 'google_monitoring_dashboard', { dashboard_json: '{}' }, undefined, []],
  [
    'an API that is switched off',
    'google_project_service',
    { service: 'run.googleapis.com' },
    undefined,
    ['interrupt: run.googleapis.com is switched off for the whole project.'],
  ],
  ['an API that stays on', 'google_project_service', { service: 'run.googleapis.com', disable_on_destroy: false }, undefined, []],
  [
    'builds without an approval',
    'google_cloudbuild_trigger',
    { name: 'release', approval_config: { approval_required: true } },
    { name: 'release', approval_config: { approval_required: false } },
    ['access: Whoever may push runs the trigger release without anybody approving it.'],
  ],
  [
    'builds of a disabled trigger',
    'google_cloudbuild_trigger',
    { name: 'release' },
    { name: 'release', disabled: true },
    ['interrupt: No commit starts the trigger release any more: it is disabled.'],
  ],
  [
    'builds by another identity',
    'google_cloudbuild_trigger',
    { name: 'release', service_account: 'a' },
    { name: 'release', service_account: 'b' },
    ['access: Builds of the trigger release run as b and may do what that may, where it was a.'],
  ],
  [
    'a topic that goes',
    'google_pubsub_topic',
    { name: 'events' },
    undefined,
    ['interrupt: Messages to the topic events are refused, and its subscriptions get none.'],
  ],
  [
    'a service account of another name',
    'google_service_account',
    { account_id: 'job' },
    { account_id: 'work' },
    ['interrupt: The new account has none of the rights that the service account job was given outside of this stack.'],
  ],
  [
    'on-demand in place of spot',
    'google_workflows_workflow',
    wf([link('spot'), link('on-demand')]),
    wf([link('on-demand')]),
    ['capacity: Machines come from on-demand, where it was spot, then on-demand.'],
  ],
  [
    'a larger machine',
    'google_workflows_workflow',
    wf([link('spot')]),
    wf([link('spot', {}, { machineType: 'a2-highgpu-1g', accelerators: [{ type: 'nvidia-tesla-a100', count: 1 }] })]),
    [
      'capacity: The machine type changes from g2-standard-4 to a2-highgpu-1g.',
      'capacity: The accelerator changes from nvidia-l4 to nvidia-tesla-a100.',
    ],
  ],
  [
    'more machines and jobs',
    'google_workflows_workflow',
    wf([link('spot')]),
    wf([link('spot')], { nodes: 2, slots: 8 }),
    [
      'capacity: The number of machines of a job goes up from 1 to 2.',
      'capacity: The number of jobs at the same time goes up from 4 to 8.',
    ],
  ],
  [
    'machines with public addresses',
    'google_workflows_workflow',
    wf([link('spot')]),
    wf([link('spot', { network: { networkInterfaces: [{}] } })]),
    ['access: Machines of the workflow train have public addresses.'],
  ],
  [
    'machines that run as another',
    'google_workflows_workflow',
    wf([link('spot')]),
    wf([link('spot', { serviceAccount: { email: 'admin@acme' } })]),
    ['access: Machines of the workflow train run as admin@acme and may do what that may, where it was job@acme.iam.gserviceaccount.com.'],
  ],
  [
    'a privileged container',
    'google_workflows_workflow',
    wf([link('spot')]),
    wf([link('spot')], { options: '--privileged' }),
    ['access: The program that the workflow train runs may do everything on its machine: its container is privileged.'],
  ],
  ['another training image', 'google_workflows_workflow', wf([link('spot')]), wf([link('spot')], { image: 'b' }), []],
  [
    'a source that is not JSON',
    'google_workflows_workflow',
    wf([]),
    wf([], {}, { source_contents: 'main:\n' }),
    ['unknown: What the workflow train does changes; its source is not JSON, and is not looked into.'],
  ],
  [
    'a database that is public',
    'google_sql_database_instance',
    { name: 'db', database_version: 'POSTGRES_15', settings: [{ tier: 'a', ip_configuration: [{ ipv4_enabled: false }] }] },
    { name: 'db', database_version: 'POSTGRES_15', settings: [{ tier: 'a', ip_configuration: [{ ipv4_enabled: true }] }] },
    ['access: The database instance db has a public address: whoever is in its authorized networks may reach it from the internet.'],
  ],
  [
    'another database engine',
    'google_sql_database_instance',
    { name: 'db', database_version: 'POSTGRES_15' },
    { name: 'db', database_version: 'POSTGRES_16' },
    ['interrupt: The database instance db is down while its engine goes from POSTGRES_15 to POSTGRES_16, which cannot be taken back.'],
  ],
  [
    'a database without backups',
    'google_sql_database_instance',
    { name: 'db', settings: [{ backup_configuration: [{ enabled: true }] }] },
    { name: 'db', settings: [{ backup_configuration: [{ enabled: false }] }] },
    ['data-loss: The database instance db is no longer backed up.'],
  ],
  ['a disk that goes', 'google_compute_disk', { name: 'd' }, undefined, ['data-loss: The disk d is destroyed with everything on it.']],
  [
    'a node pool of other machines',
    'google_container_node_pool',
    { name: 'gpu', node_config: [{ machine_type: 'a' }], autoscaling: [{ max_node_count: 2 }] },
    { name: 'gpu', node_config: [{ machine_type: 'b' }], autoscaling: [{ max_node_count: 4 }] },
    ['capacity: The machine type changes from a to b.', 'capacity: The maximum of nodes goes up from 2 to 4.'],
  ],
  [
    'a resource of an unknown type that goes',
    'google_some_thing',
    { name: 'x' },
    undefined,
    ['unknown: It is destroyed, and whether a google_some_thing holds something that is lost with it is not known.'],
  ],
  [
    'a resource of an unknown type that loses its protection',
    'google_some_thing',
    { name: 'x', deletion_protection: true },
    { name: 'x', deletion_protection: false },
    ['data-loss: The some thing x is no longer protected from deletion.'],
  ],
  [
    'a schedule that calls as another',
    'google_cloud_scheduler_job',
    { name: 'weekly', http_target: { uri: 'u', oauth_token: { service_account_email: 'a' } } },
    { name: 'weekly', http_target: { uri: 'u', oauth_token: { service_account_email: 'b' } } },
    ['access: The schedule weekly calls as b, where it was a.'],
  ],
  [
    'a rule that denies in another network',
    F,
    fw({ allow: undefined, deny: [{ protocol: 'all' }] }),
    fw({ allow: undefined, deny: [{ protocol: 'all' }], network: 'other' }),
    [
      'access: 10.0.0.0/8 may reach every port of every machine in the network default where another rule allows it: the firewall rule web no longer denies it.',
    ],
  ],
  [
    'a cleanup of other images',
    A,
    repo({ cleanup_policies: [{ id: 'rest', action: 'DELETE', condition: { older_than: '86400s', tag_state: 'UNTAGGED' } }] }),
    repo({ cleanup_policies: [{ id: 'rest', action: 'DELETE', condition: { older_than: '86400s', tag_state: 'ANY' } }] }),
    ['data-loss?: The policy rest deletes other images of the repository images than before.'],
  ],
];

test.each(CASES)('%s', (_name, type, before, after, expected) => {
  expect(texts(findGcp(changeOf(type, before, after)))).toEqual(expected);
});

test('every type that the constructs emit is known', () => {
  expect(factTypes('google').filter((type) => !GCP_KINDS[type])).toEqual([]);
});

const BUCKET = bucket({ force_destroy: true });

function compared(before: Body, after: Body): string[] {
  const stack = (body: Body): Snapshot => ({
    kind: 'terraform',
    cloud: 'gcp',
    stack: 'housing',
    file: 'cdk.tf.json',
    body,
    paths: new Map(),
  });
  return diffTerraform(stack(before), stack(after)).flatMap((change) => texts(findGcp(change)));
}

test('a bucket that a removed block only forgets is not lost', () => {
  const after = { removed: [{ from: 'google_storage_bucket.data', lifecycle: { destroy: false } }] };
  expect(compared({ resource: { google_storage_bucket: { data: BUCKET } } }, after)).toEqual([]);
});

test('a bucket that a moved block renames is not lost', () => {
  const after = {
    resource: { google_storage_bucket: { renamed: BUCKET } },
    moved: [{ from: 'google_storage_bucket.data', to: 'google_storage_bucket.renamed' }],
  };
  expect(compared({ resource: { google_storage_bucket: { data: BUCKET } } }, after)).toEqual([]);
});

test('a bucket under another address is lost without a moved block', () => {
  const after = { resource: { google_storage_bucket: { renamed: BUCKET } } };
  expect(compared({ resource: { google_storage_bucket: { data: BUCKET } } }, after)).toEqual([
    'data-loss: The bucket data is destroyed with every object in it; the new one is empty.',
  ]);
});

test('a NAT that is made before the old one goes interrupts nothing', () => {
  const nat = (name: string): Body => ({ name, router: 'r', lifecycle: { create_before_destroy: true } });
  expect(texts(findGcp(changeOf('google_compute_router_nat', nat('a'), nat('b'))))).toEqual([]);
  expect(texts(findGcp(changeOf('google_compute_router_nat', { name: 'a', router: 'r' }, { name: 'b', router: 'r' })))).toEqual([
    'interrupt: Until the new one is there, machines without a public address no longer reach the internet by the NAT a.',
  ]);
});

test('what is odd is no reason to fail', () => {
  for (const odd of ['x', 1, [null], { a: [null, 1] }, [['x']]]) {
    for (const type of Object.keys(GCP_KINDS)) {
      for (const name of ['template', 'lifecycle_rule', 'allow', 'settings', 'cleanup_policies', 'labels', 'source_contents', 'member']) {
        const change = changeOf(type, { [name]: odd }, { [name]: 'other' });
        expect(() => findGcp(change)).not.toThrow();
      }
    }
  }
});
