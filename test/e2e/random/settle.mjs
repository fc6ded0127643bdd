// Makes of a random declaration one that is most likely right: what refers to something refers to what is there, on the same clouds.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { machinesOf } = require('../../../lib/core/catalogue.js');
const GUID = '00000000-0000-0000-0000-00000000000a';
const PATTERN = /^models:\/([^/]+)\/.*/;

/** A declaration as somebody would write it who had read the documentation. */
export function settle(declaration) {
  const d = structuredClone(declaration);
  if (!Object.keys(d.targets).length) d.targets = { aws: { region: 'eu-west-1' } };
  const clouds = Object.keys(d.targets);
  const { models = {}, secrets = {}, storage: { shared = {} } = {} } = d;
  const mlflow = d.tracking?.mlflow;
  for (const section of [d.training, d.inference, d.pipelines, models, d.features, secrets, shared, { mlflow: mlflow ?? {} }])
    for (const entry of Object.values(section ?? {})) if (!keep(entry, clouds, clouds)) delete entry.on;
  if (mlflow) settleTracking(d, mlflow, clouds);
  for (const fileSystem of Object.values(shared)) settleFileSystem(d, fileSystem, clouds);
  const tracked = mlflow ? cloudsOf(mlflow, clouds) : [];
  for (const [name, model] of Object.entries(models)) if (!keep(model, tracked, clouds)) delete models[name];
  for (const model of Object.values(models)) {
    // A managed server of Azure has no approval.
    if (mlflow.engine === 'managed' && cloudsOf(model, clouds).includes('azure')) model.approval = 'automatic';
    if (model.approval === 'automatic') delete model.approvers;
  }
  for (const cluster of Object.values(d.training ?? {})) settleTraining(d, cluster, clouds);
  for (const service of Object.values(d.inference ?? {})) settleInference(d, service, clouds);
  for (const entry of [...Object.values(d.training ?? {}), ...Object.values(d.inference ?? {})]) {
    const here = cloudsOf(entry, clouds);
    const reaches = (thing) => thing && here.every((cloud) => cloudsOf(thing, clouds).includes(cloud));
    const serves = d.inference && Object.values(d.inference).includes(entry);
    for (const name of Object.keys(entry.mounts ?? {})) {
      // Parallel file systems are mounted by training on AWS and Google Cloud only.
      const mountable = shared[name]?.kind !== 'parallel' || (!serves && !here.includes('azure'));
      if (!reaches(shared[name]) || !mountable) delete entry.mounts[name];
    }
    for (const [variable, name] of Object.entries(entry.secrets ?? {}))
      if (!reaches(secrets[name]) || Object.hasOwn(entry.env ?? {}, variable)) delete entry.secrets[variable];
    if (entry.model !== undefined && !reaches(models[entry.model.replace(PATTERN, '$1')])) delete entry.model;
  }
  settlePipelines(d, clouds);
  return d;
}

function cloudsOf(entry, clouds) {
  return entry.on ?? clouds;
}

/** Leaves an entry on the clouds that are possible; false, and all as it was, where none would be left. */
function keep(entry, possible, clouds) {
  const left = cloudsOf(entry, clouds).filter((cloud) => possible.includes(cloud));
  if (left.length && left.length !== cloudsOf(entry, clouds).length) entry.on = left;
  return left.length > 0;
}

function settleTracking(d, mlflow, clouds) {
  if (mlflow.engine === 'managed') {
    for (const field of ['database', 'cpu', 'memory']) delete mlflow[field];
    if (!keep(mlflow, ['aws', 'azure'], clouds)) mlflow.engine = 'self-hosted';
  }
  const { azure } = d.targets;
  // A server of the platform's own stands in subnets of its own.
  const theirs = azure?.existing?.network;
  if (theirs && mlflow.engine !== 'managed')
    for (const subnet of ['containerAppsSubnetId', 'postgresqlSubnetId']) theirs[subnet] ??= theirs.trainingSubnetId;
  if (azure && cloudsOf(mlflow, clouds).includes('azure') && mlflow.engine !== 'managed') azure.entraClientId = GUID;
  for (const [cloud, target] of Object.entries(d.targets)) {
    const { existing = {} } = target;
    const unused = existing.mlflow !== undefined || mlflow.engine === 'managed' || !cloudsOf(mlflow, clouds).includes(cloud);
    if (unused) delete existing.database;
  }
}

function settleFileSystem(d, fileSystem, clouds) {
  if (fileSystem.kind !== 'parallel') delete fileSystem.throughput;
  else if (cloudsOf(fileSystem, clouds).includes('azure') && d.targets.azure.existing?.network)
    d.targets.azure.existing.network.managedLustreSubnetId ??= d.targets.azure.existing.network.trainingSubnetId;
  // Lustre has backups on AWS only.
  if (fileSystem.kind === 'parallel' && cloudsOf(fileSystem, clouds).some((cloud) => cloud !== 'aws')) delete fileSystem.backups;
}

function settleTraining(d, cluster, clouds) {
  cluster.command ??= ['python', 'train.py'];
  const { accelerator } = cluster;
  const has = (cloud) => machinesOf(cloud).some((m) => m.accelerator === accelerator.type && m.gpus === (accelerator.count ?? 1));
  if (accelerator.type && !keep(cluster, clouds.filter(has), clouds)) cluster.accelerator = { memoryGib: 16 };
  if (cluster.capacity?.includes('flex-start') && !keep(cluster, ['gcp'], clouds)) cluster.capacity = ['on-demand'];
  if (cluster.capacity?.includes('reservation') && !keep(cluster, ['aws', 'gcp'], clouds)) cluster.capacity = ['on-demand'];
  if (cluster.capacity?.includes('reservation'))
    cluster.reservations = { aws: 'cr-0123456789abcdef0', gcp: `projects/acme-ml-dev/zones/${d.targets.gcp?.region}-a/reservations/r` };
  else delete cluster.reservations;
  if (cluster.reservations)
    for (const cloud of ['aws', 'gcp']) if (!cloudsOf(cluster, clouds).includes(cloud)) delete cluster.reservations[cloud];
  if (cloudsOf(cluster, clouds).includes('gcp') && cluster.nodes) delete cluster.nodes.min;
  if (cluster.nodes && cluster.nodes.min > (cluster.nodes.max ?? 1)) cluster.nodes.max = cluster.nodes.min;
  if (cluster.nodesPerJob > 1) {
    cluster.nodes = { ...cluster.nodes, max: Math.max(cluster.nodes?.max ?? 1, cluster.nodesPerJob) };
    cluster.capacity = cluster.capacity?.filter((c) => c !== 'spot');
    if (!cluster.capacity?.length) delete cluster.capacity;
  }
}

function settleInference(d, service, clouds) {
  // Only Cloud Run has GPUs.
  if (service.accelerator && keep(service, ['gcp'], clouds)) Object.assign(service, { cpu: 8, memory: '32GiB' });
  else delete service.accelerator;
  if (/^\d+\.dkr/.test(service.image) && !keep(service, ['aws'], clouds)) service.image = './app';
  if (service.scaling?.min > (service.scaling?.max ?? 10)) service.scaling.max = service.scaling.min;
  if (service.rollout && service.rollout.strategy !== 'canary') {
    delete service.rollout.percent;
    delete service.rollout.interval;
  }
  if (service.access === 'authenticated' && d.targets.azure) d.targets.azure.entraClientId = GUID;
}

function settlePipelines(d, clouds) {
  const deployed = new Set();
  for (const pipeline of Object.values(d.pipelines ?? {})) {
    const { repository } = pipeline;
    // CodePipeline and Cloud Build know no Azure Repos, Azure Pipelines no GitLab.
    const possible = { 'azure-repos': ['azure'], gitlab: ['aws', 'gcp'] }[repository.provider];
    if (possible && !keep(pipeline, possible, clouds)) delete repository.provider;
    const names = Object.keys(d.inference ?? {});
    if (pipeline.deploys !== undefined && !names.includes(pipeline.deploys)) [pipeline.deploys] = names;
    const service = d.inference?.[pipeline.deploys];
    if (!service || deployed.has(pipeline.deploys) || !keep(pipeline, cloudsOf(service, clouds), clouds)) delete pipeline.deploys;
    if (pipeline.deploys === undefined) {
      delete pipeline.deploys;
      delete pipeline.approval;
      pipeline.stages = pipeline.stages?.filter((stage) => stage !== 'deploy');
    } else {
      deployed.add(pipeline.deploys);
      service.imageOwner = 'pipeline';
      if (pipeline.stages) pipeline.stages = [...new Set([...pipeline.stages, 'build', 'deploy'])];
    }
    if (!pipeline.stages?.length) delete pipeline.stages;
  }
}
