import { approximated, mapped, refused, SupportColumn } from '../core/support';

const CONNECTION_REASON =
  'a connection of Cloud Build is authorized once per project and region by somebody who may, or made with a token; Terraform cannot open it without one';

/** What Google Cloud does about each row of the support table; parity reports and refusals quote the reasons. */
export const SUPPORT: SupportColumn = {
  network: mapped('VPC network, subnetwork with private Google access, Cloud NAT'),
  'network.existing': mapped('MlNetwork.fromNetworkAttributes'),
  storage: mapped('Cloud Storage bucket'),
  'storage.existing': mapped('ArtifactStore.fromArtifactStoreAttributes'),
  registry: mapped('Artifact Registry repository'),
  'registry.existing': mapped('ImageRegistry.fromImageRegistryAttributes'),
  'logs.existing': refused('every project of Google Cloud has its own log buckets; a log sink sends entries elsewhere'),
  'image.directory': mapped('Cloud Build, started by terraform apply where gcloud is signed in'),
  training: mapped('Google Cloud Batch, started by a workflow of Workflows'),
  'training.accelerator': mapped('machine types of the accelerator-optimized families, N1 with T4'),
  'training.minNodes': refused('Google Cloud Batch creates machines for a job and deletes them after it; none is kept between jobs'),
  'training.capacity.spot': mapped('provisioning model SPOT'),
  'training.capacity.on-demand': mapped('provisioning model STANDARD'),
  'training.capacity.reservation': mapped('a Compute Engine reservation, named in the job'),
  'training.capacity.flex-start': mapped('provisioning model FLEX_START'),
  'training.nodesPerJob': approximated(
    'one task per machine, with a barrier before the program starts',
    'jobs of Google Cloud Batch have one network interface per machine: GPUDirect and RDMA networks are not set up, machines talk over the subnetwork; flex-start and N1 machines cannot be placed close together',
  ),
  'training.maxDuration': mapped('maxRunDuration of the task'),
  'training.retries': mapped('lifecycle policy of the task; with several machines the workflow submits the whole job again'),
  'training.schedule': mapped('Cloud Scheduler'),
  inference: mapped('Cloud Run service'),
  'inference.cpu': mapped('CPU and memory limits of the container'),
  'inference.timeout': mapped('request timeout, up to one hour'),
  'inference.scaling.min': mapped('minimum instances'),
  'inference.scaling.max': mapped('maximum instances'),
  'inference.scaling.concurrency': mapped('concurrent requests per instance'),
  'inference.access.private': mapped('internal ingress and IAM invokers'),
  'inference.access.authenticated': mapped('ingress from everywhere and IAM invokers'),
  'inference.access.public': mapped('ingress from everywhere, invoker allUsers'),
  'inference.rollout.canary': approximated(
    'traffic split between revisions, shifted by the pipeline',
    'Terraform gives a new revision all traffic as soon as it has started; only a pipeline that deploys the service takes the steps',
  ),
  'inference.rollout.blue-green': mapped('a revision without traffic, tried under its tag, then given all of it'),
  'inference.imageOwner.pipeline': mapped('a placeholder image; image and traffic are ignored'),
  'inference.accelerator': mapped('one NVIDIA L4 per instance'),
  pipelines: mapped('Cloud Build triggers: one builds a commit, one deploys its image'),
  'pipelines.approval': mapped('the deploy trigger waits for approval'),
  'pipelines.provider.github': approximated('Cloud Build repository in a connection to GitHub', CONNECTION_REASON),
  'pipelines.provider.gitlab': approximated('Cloud Build repository in a connection to GitLab', CONNECTION_REASON),
  'pipelines.provider.bitbucket': approximated('Cloud Build repository in a connection to Bitbucket Cloud', CONNECTION_REASON),
  'pipelines.provider.azure-repos': refused('Cloud Build connects to GitHub, GitLab and Bitbucket only'),
  monitoring: mapped('Cloud Monitoring dashboard, alert policies, notification channels'),
  'monitoring.slo': mapped('Cloud Monitoring service and objectives with burn-rate alerts'),
  state: mapped('a Cloud Storage bucket, with locking'),
};

/** Why labels differ from the tags that were declared. */
export const LABEL_REASON =
  'labels of Google Cloud take lower-case letters, digits, dashes and underscores, a letter first in the name, at most 63 of them';
