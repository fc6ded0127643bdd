import { ITerraformDependable, TerraformOutput, Token } from 'cdktf';
import { Construct } from 'constructs';
import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Capacity, Schedule } from '../../core';
import { policyOf } from '../../core/environment';
import { parity } from '../../core/parity';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import { TRAINING_ENV } from '../../core/training';
import { IamMember, IMember } from '../member';
import { collocated, rendezvous, WORKER_PORTS } from '../private/batch-job';
import { imageReference } from '../private/image';
import { kebab } from '../../core/naming';
import { idFor, nameIn } from '../private/names';
import { checksFor } from '../private/root';
import { serviceAccount } from '../private/service-account';
import { enableServices } from '../private/services';
import { sortedMounts } from '../private/mounts';
import { readSecrets, secretPath } from '../private/secrets';
import { planTraining, TrainingPlan } from '../private/training-checks';
import { TrainingGrants, trainingFilters } from '../private/training-grants';
import { trainingWorkflow } from '../private/training-workflow';
import { track } from '../private/tracking-client';
import { ArtifactStore, IArtifactStore } from '../storage';
import { SUPPORT } from '../support';
import { GpuTrainingClusterProps } from './props';
import { GpuTrainingClusterAttributes, GpuTrainingClusterGrants, IGpuTrainingCluster } from './service';
import { acknowledge } from '../private/acknowledge';

/**
 * GPU machines that train models in containers, that exist only while a job runs, and cost nothing else.
 *
 * Defines a workflow of Workflows that submits jobs to Google Cloud Batch (Terraform has no resource for those), with a service account
 * for the workflow and one for the machines, and, if there is a schedule, a job of Cloud Scheduler.
 *
 * A run of the workflow is one job. It waits until there is room among `maxNodes`, in the order runs were started; asks the first source of
 * `capacity` for machines; goes on to the next where none come for `capacityTimeout`, also when spot machines were taken back and do not
 * return; and fails if the job fails. A lost machine is replaced up to `retries` times; a program that fails is not tried again. The program
 * finds `ML_CHECKPOINT_URI`, `ML_DATA_URI`, `ML_OUTPUT_URI` and the rendezvous variables of torchrun in its environment and should save
 * and resume checkpoints.
 *
 * Limits: 14 days per job (7 on flex-start machines), 1,000 machines per job. GPU quota is per region and kind, spot apart, and 0 in new
 * projects. Cancelling a run leaves its job running: delete the job, and the run ends.
 * What counts as a lost machine: https://cloud.google.com/batch/docs/troubleshooting#reserved-exit-codes.
 *
 * @example
 * const network = new gcp.MlNetwork(this, 'Network', { project: 'acme-ml-dev', region: 'europe-west4' });
 * const cluster = new gcp.GpuTrainingCluster(this, 'Train', {
 *   project: 'acme-ml-dev',
 *   region: 'europe-west4',
 *   network,
 *   image: ContainerImage.fromReference('ghcr.io/acme/train:1.0'),
 *   accelerator: Accelerator.L4,
 * });
 * cluster.grants.submit('Trainers', gcp.IamMember.group('ml-trainers@example.com'));
 *
 * @see https://cloud.google.com/batch/quotas
 */
export class GpuTrainingCluster extends Construct implements IGpuTrainingCluster {
  /** A cluster that exists already, by its workflow. */
  public static fromGpuTrainingClusterAttributes(
    scope: Construct,
    id: string,
    attributes: GpuTrainingClusterAttributes,
  ): IGpuTrainingCluster {
    return new ImportedCluster(scope, id, attributes);
  }

  public readonly workflowName: string;
  public readonly submitCommand: string;
  public readonly checkpointUri: string;
  public readonly failureMetricFilter: string;
  public readonly stuckLogFilter: string;
  public readonly grants: GpuTrainingClusterGrants;
  /** Where data, checkpoints and models are. */
  public readonly artifacts: IArtifactStore;
  /** Who the machines act as: grant it what jobs need beside the artifact store. */
  public readonly jobMember: IMember;

  private readonly project: string;
  private readonly region: string;

  public constructor(scope: Construct, id: string, props: GpuTrainingClusterProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.GpuTrainingCluster');
    const plan = planTraining(checks, props);
    checks.done();
    const { project, region } = props;
    this.project = project;
    this.region = region;
    this.workflowName = nameIn(this, project);
    this.artifacts = props.artifacts ?? new ArtifactStore(this, 'Artifacts', { project, region, environment: props.environment });
    const folder = kebab(id);
    this.checkpointUri = this.artifacts.uri(`${ARTIFACT_PREFIXES.checkpoints}/${folder}`);
    const outputUri = this.artifacts.uri(`${ARTIFACT_PREFIXES.models}/${folder}`);

    const image = imageReference(this, 'Image', props.image, props.registry, { project, region });
    const job = this.jobAccount(props, folder);
    this.jobMember = IamMember.of(job.member);
    const runner = serviceAccount(this, 'WorkflowAccount', project, 'run', `Submits jobs of ${this.workflowName}`);
    const tracked = track(this, props, job);
    if (!policyOf(props.environment).deletionProtection)
      acknowledge(this, { 'workflows-deletion-protection': 'The environment is to be destroyed cleanly, with everything in it.' });
    const workflow = new WorkflowsWorkflow(this, 'Resource', {
      project,
      region,
      name: this.workflowName,
      description: `Trains on ${plan.machine.gpus} x ${plan.machine.accelerator} of Google Cloud Batch; each run is one job.`,
      serviceAccount: runner.id,
      callLogLevel: 'LOG_ERRORS_ONLY',
      deletionProtection: policyOf(props.environment).deletionProtection,
      sourceContents: trainingWorkflow({
        project,
        workflowName: this.workflowName,
        capacity: plan.capacity,
        command: props.command ?? [],
        env: {
          [TRAINING_ENV.DATA]: this.artifacts.uri(ARTIFACT_PREFIXES.data),
          [TRAINING_ENV.CHECKPOINT]: this.checkpointUri,
          [TRAINING_ENV.OUTPUT]: outputUri,
          ...props.env,
          ...tracked.environment,
          ...rendezvous(plan),
        },
        slots: Math.floor(plan.maxNodes / plan.nodes),
        patience: plan.patience.toSeconds(),
        stuckAfter: stuckAfter(plan),
        job: {
          region,
          image: image.reference,
          machine: plan.machine,
          network: props.network,
          nodes: plan.nodes,
          retries: plan.retries,
          seconds: plan.maxDuration.toSeconds(),
          diskGib: Math.ceil(plan.disk.toGibibytes()),
          shmGib: Math.max(1, Math.floor(props.sharedMemory?.toGibibytes() ?? plan.machine.ramGib / 2)),
          zones: props.zones,
          reservation: props.reservation,
          serviceAccount: job.email,
          mounts: sortedMounts(props.mounts).map(([path, { server, path: remotePath }]) => ({ path, server, remotePath })),
          secrets: Object.fromEntries(
            Object.entries(props.secrets ?? {}).map(([variable, secret]) => [variable, `${secretPath(secret)}/versions/${secret.version}`]),
          ),
          labels: { ...props.labels, ml_cluster: this.workflowName },
        },
      }),
      dependsOn: [
        ...enableServices(this, project, 'batch', 'compute', 'logging', 'workflows', 'workflowexecutions'),
        ...this.runnerPermissions(runner, job),
        ...image.dependsOn,
        ...readSecrets(this, props.secrets, job),
        ...tracked.dependsOn,
      ],
    });
    if (props.openFirewall ?? plan.nodes > 1) this.letMachinesTalk(props.network.networkId, job);
    if (props.schedule) this.runOn(props.schedule, workflow);

    const filters = trainingFilters(this.workflowName);
    this.failureMetricFilter = filters.failure;
    this.stuckLogFilter = filters.stuck;
    this.grants = new TrainingGrants(this, project);
    this.submitCommand = `gcloud workflows run ${this.workflowName} --location ${region} --project ${project}`;
    this.outputs();
    this.note(plan, props);
  }

  public get startCommand(): string {
    return this.submitCommand;
  }

  public grantStart(id: string, grantee: IMember): void {
    this.grants.submit(id, grantee);
  }

  private jobAccount(props: GpuTrainingClusterProps, folder: string): ServiceAccount {
    const { project } = props;
    const job = serviceAccount(this, 'JobAccount', project, 'job', `Machines of ${this.workflowName}`);
    for (const [id, role] of Object.entries({ Agent: 'roles/batch.agentReporter', Logs: 'roles/logging.logWriter' }))
      new ProjectIamMember(this, `Job${id}`, { project, role, member: job.member });
    this.artifacts.grants.read(idFor(this, 'Data'), job, ARTIFACT_PREFIXES.data);
    this.artifacts.grants.write(idFor(this, 'Checkpoints'), job, `${ARTIFACT_PREFIXES.checkpoints}/${folder}`);
    this.artifacts.grants.write(idFor(this, 'Models'), job, `${ARTIFACT_PREFIXES.models}/${folder}`);
    props.registry?.grants.pull(idFor(this, 'Pull'), job);
    return job;
  }

  /** Batch and Workflows grant these on projects only; the machines' account can be used by this workflow alone. */
  private runnerPermissions(runner: ServiceAccount, job: ServiceAccount): ITerraformDependable[] {
    const { project } = this;
    const { member } = runner;
    return [
      new ProjectIamMember(this, 'WorkflowJobs', { project, role: 'roles/batch.jobsEditor', member }),
      new ProjectIamMember(this, 'WorkflowLogs', { project, role: 'roles/logging.logWriter', member }),
      // It sees which runs were started before it.
      new ProjectIamMember(this, 'WorkflowRuns', { project, role: 'roles/workflows.viewer', member }),
      new ServiceAccountIamMember(this, 'WorkflowActsAsJob', {
        serviceAccountId: job.name,
        role: 'roles/iam.serviceAccountUser',
        member,
      }),
    ];
  }

  private letMachinesTalk(networkId: string, job: ServiceAccount): void {
    new ComputeFirewall(this, 'WorkersFirewall', {
      // A network may be shared from another project.
      project: Token.isUnresolved(networkId) ? this.project : networkId.split('/')[1],
      name: nameIn(this, this.project, { max: 60, prefix: `${kebab(this.node.id)}-workers` }),
      network: networkId,
      description: `Machines of ${this.workflowName} reach each other: rendezvous and NCCL.`,
      direction: 'INGRESS',
      allow: [{ protocol: 'tcp', ports: WORKER_PORTS }, { protocol: 'icmp' }],
      sourceServiceAccounts: [job.email],
      targetServiceAccounts: [job.email],
    });
  }

  private runOn(schedule: Schedule, workflow: WorkflowsWorkflow): void {
    const { project, region } = this;
    const caller = serviceAccount(this, 'ScheduleAccount', project, 'cron', `Starts ${this.workflowName} on schedule`);
    const invoker = new ProjectIamMember(this, 'ScheduleInvoker', { project, role: 'roles/workflows.invoker', member: caller.member });
    new CloudSchedulerJob(this, 'Schedule', {
      project,
      region,
      name: nameIn(this, project, { prefix: `${kebab(this.node.id)}-schedule` }),
      description: `Starts a job of ${this.workflowName}`,
      schedule: schedule.toCron(),
      timeZone: schedule.timeZone,
      attemptDeadline: '60s',
      retryConfig: { retryCount: 3 },
      httpTarget: {
        httpMethod: 'POST',
        uri: `https://workflowexecutions.googleapis.com/v1/${workflow.id}/executions`,
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.from('{}').toString('base64'),
        oauthToken: { serviceAccountEmail: caller.email },
      },
      dependsOn: [...enableServices(this, project, 'cloudscheduler'), invoker],
    });
  }

  private outputs(): void {
    new TerraformOutput(this, 'SubmitCommand', {
      description: `Starts a job; add --data '{"env": {"EPOCHS": "7"}, "command": ["python", "train.py"]}' to change what runs.`,
      value: this.submitCommand,
    });
    new TerraformOutput(this, 'JobsCommand', {
      description: 'Lists the jobs of this cluster.',
      value: `gcloud batch jobs list --location ${this.region} --project ${this.project} --filter labels.ml_cluster=${this.workflowName}`,
    });
  }

  private note(plan: TrainingPlan, props: GpuTrainingClusterProps): void {
    const { machine, nodes, capacity } = plan;
    const kind = `${machine.gpus} x ${machine.accelerator}`;
    parity.mapped(this, 'gcp', '', `Google Cloud Batch on ${machine.type} (${kind}), started by the workflow ${this.workflowName}`);
    parity.mapped(this, 'gcp', 'accelerator', `${machine.type}: ${kind}, ${machine.vcpu} vCPU, ${machine.ramGib} GiB`);
    parity.mapped(this, 'gcp', 'nodes.max', `at most ${Math.floor(plan.maxNodes / nodes)} runs at once, later ones wait their turn`);
    parity.mapped(this, 'gcp', 'capacity', `${capacity.map((c) => MODEL[c]).join(', then ')}, each for ${plan.patience.toString()}`);
    if (nodes > 1) {
      const close = capacity.some((c) => collocated(c, nodes, machine)) ? 'collocated machines' : 'machines';
      const { by, reason } = SUPPORT['training.nodesPerJob'];
      parity.approximated(this, 'gcp', 'nodesPerJob', `${nodes} ${close}, ${by}`, reason!);
    }
    parity.mapped(this, 'gcp', 'maxDuration', `${plan.maxDuration.toString()} for each attempt`);
    parity.mapped(
      this,
      'gcp',
      'retries',
      `${plan.retries} after a lost machine, by ${nodes > 1 ? 'the workflow' : 'a lifecycle policy of the task'}`,
    );
    if (props.modelName !== undefined)
      parity.mapped(this, 'gcp', 'model', `ML_MODEL_NAME=${props.modelName}, at ${props.tracking!.node.path}`);
    if (props.schedule) parity.mapped(this, 'gcp', 'schedule', `Cloud Scheduler, ${props.schedule.toCron()} ${props.schedule.timeZone}`);
  }
}

class ImportedCluster extends Construct implements IGpuTrainingCluster {
  public readonly workflowName: string;
  public readonly submitCommand: string;
  public readonly checkpointUri: string;
  public readonly failureMetricFilter: string;
  public readonly stuckLogFilter: string;
  public readonly grants: GpuTrainingClusterGrants;

  public constructor(scope: Construct, id: string, { project, region, workflowName, checkpointUri }: GpuTrainingClusterAttributes) {
    super(scope, id);
    checksFor(this, 'gcp.GpuTrainingCluster').done();
    const filters = trainingFilters(workflowName);
    this.workflowName = workflowName;
    this.checkpointUri = checkpointUri;
    this.submitCommand = `gcloud workflows run ${workflowName} --location ${region} --project ${project}`;
    this.failureMetricFilter = filters.failure;
    this.stuckLogFilter = filters.stuck;
    this.grants = new TrainingGrants(this, project);
  }

  public get startCommand(): string {
    return this.submitCommand;
  }

  public grantStart(id: string, grantee: IMember): void {
    this.grants.submit(id, grantee);
  }
}

const MODEL: { readonly [c in Capacity]: string } = {
  [Capacity.RESERVATION]: 'the reservation',
  [Capacity.SPOT]: 'SPOT',
  [Capacity.ON_DEMAND]: 'STANDARD',
  [Capacity.FLEX_START]: 'FLEX_START',
};

/** When every source has been asked for its time; flex-start means to wait, so there a day more. */
function stuckAfter({ patience, capacity }: TrainingPlan): number {
  return patience.toSeconds() * capacity.length + (capacity.includes(Capacity.FLEX_START) ? 86_400 : 0);
}
