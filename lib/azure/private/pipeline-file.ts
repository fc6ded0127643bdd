import { PipelineStage, RolloutStrategy } from '../../core';
import { IAppServiceInference } from '../inference';
import { IImageRegistry } from '../registry';
import { toYaml, Yaml } from './pipeline-yaml';

/** What the pipeline file says. */
export interface PipelineFile {
  readonly name: string;
  readonly branch: string;
  readonly stages: readonly PipelineStage[];
  /** Folder of the repository in which the commands run. */
  readonly directory: string;
  /** Folder of the repository that holds the Dockerfile. */
  readonly context: string;
  readonly lintCommands: readonly string[];
  readonly testCommands: readonly string[];
  readonly pythonVersion: string;
  readonly approval: boolean;
  readonly approvers: readonly string[];
  /** Pool of agents of one's own; Microsoft's where there is none. */
  readonly agentPool?: string;
  readonly registry: IImageRegistry;
  /** Name of the image in the registry. */
  readonly repository: string;
  readonly service?: IAppServiceInference;
  /** Variables by which the test commands find a tracking server; they run as the pipeline's identity then. */
  readonly tracking?: { readonly [name: string]: string };
  /** Connection string of the Application Insights that failures are written to. */
  readonly runLog?: string;
}

/** Event that the pipeline writes when a run fails. */
export const PIPELINE_FAILED = 'PipelineFailed';

/** Days that a run waits for its approval. */
const APPROVAL_DAYS = 3;
/** Minutes that a version is watched after it took over. */
const WATCH_MINUTES = 5;
/** Minutes that a step may take before its session, which lasts an hour, has to be kept alive. */
const SESSION_MINUTES = 45;
const MANAGEMENT_API = '2023-12-01';

type Stage = { readonly [key: string]: Yaml } & { readonly stage: string };

function nameOf(stage: Stage): string {
  return stage.stage;
}

/** The pipeline as `azure-pipelines.yml` holds it. */
export function pipelineFile(f: PipelineFile): string {
  const has = (stage: PipelineStage): boolean => f.stages.includes(stage);
  const before = [
    ...(has(PipelineStage.LINT) ? [commands(f, 'Lint', f.lintCommands)] : []),
    ...(has(PipelineStage.TEST) ? [commands(f, 'Test', f.testCommands, f.tracking !== undefined)] : []),
    ...(has(PipelineStage.BUILD) ? [build(f)] : []),
  ];
  const service = has(PipelineStage.DEPLOY) ? f.service : undefined;
  const after = service ? [...(f.approval ? [approve(f)] : []), deploy(f, service)] : [];
  // A run with a tag deploys an image that is there already.
  const builds = (stages: Yaml[]): Yaml[] => (service ? [{ "${{ if eq(parameters.tag, 'commit') }}": stages }] : stages);
  const document = {
    trigger: { batch: true, branches: { include: [f.branch] } },
    pr: 'none',
    parameters: service && [
      {
        name: 'tag',
        displayName: 'Deploy this tag of the image; "commit" builds the commit',
        type: 'string',
        default: 'commit',
      },
    ],
    pool: f.agentPool === undefined ? { vmImage: 'ubuntu-24.04' } : { name: f.agentPool },
    variables: variables(f, service),
    stages: [...builds(before), ...after, ...(f.runLog ? [notify(f, [...builds(before.map(nameOf)), ...after.map(nameOf)])] : [])],
  };
  return `${HEADER}${toYaml(document)}`;
}

const HEADER = `# Rendered by mlops-constructs; to change it, change the declaration and render it again.
# Azure is reached through a service connection without secrets (workload identity federation).

`;

function variables(f: PipelineFile, service: IAppServiceInference | undefined): { readonly [name: string]: Yaml | undefined } {
  return {
    REGISTRY: f.registry.registryName,
    REPOSITORY: f.repository,
    ...(service
      ? {
          LOGIN_SERVER: f.registry.loginServer,
          RESOURCE_GROUP: service.resourceGroupName,
          APP: service.serviceName,
          APP_ID: service.webAppId,
          "${{ if eq(parameters.tag, 'commit') }}": { TAG: '$(Build.SourceVersion)' },
          '${{ else }}': { TAG: '${{ parameters.tag }}' },
        }
      : { TAG: '$(Build.SourceVersion)' }),
    ...(f.runLog ? { RUN_LOG: f.runLog } : {}),
    ...f.tracking,
  };
}

function commands(f: PipelineFile, stage: string, lines: readonly string[], signedIn = false): Stage {
  return {
    stage,
    jobs: [
      {
        job: stage,
        steps: [
          { checkout: 'self', fetchDepth: 1 },
          { task: 'UsePythonVersion@0', inputs: { versionSpec: f.pythonVersion } },
          ...lines.map((script) =>
            signedIn ? az(f, script, `${script}\n`, { workingDirectory: f.directory }) : { script, workingDirectory: f.directory },
          ),
        ],
      },
    ],
  };
}

function build(f: PipelineFile): Stage {
  const pool = f.registry.buildAgentPoolName;
  const line = `az acr build --registry "$REGISTRY" --image "$REPOSITORY:$TAG"${pool ? ` --agent-pool "${pool}"` : ''} "${f.context}"`;
  // Machines of the registry's pool are paid for by the minute: one is started for the build.
  const script = pool
    ? `scale() { az acr agentpool update --registry "$REGISTRY" --name "${pool}" --count "$1" --output none; }
trap 'scale 0' EXIT
scale 1
${line}
`
    : `${line}\n`;
  return {
    stage: 'Build',
    jobs: [{ job: 'Build', steps: [{ checkout: 'self', fetchDepth: 1 }, az(f, 'Build the image with ACR Tasks and push it', script)] }],
  };
}

function approve(f: PipelineFile): Stage {
  return {
    stage: 'Approve',
    jobs: [
      {
        job: 'Approve',
        pool: 'server',
        timeoutInMinutes: APPROVAL_DAYS * 24 * 60 + 60,
        steps: [
          {
            task: 'ManualValidation@1',
            timeoutInMinutes: APPROVAL_DAYS * 24 * 60,
            inputs: {
              notifyUsers: f.approvers.length ? f.approvers.join(',') : '$(Build.RequestedForEmail)',
              approvers: f.approvers.length ? f.approvers.join(',') : undefined,
              instructions: 'Deploy $(REPOSITORY):$(TAG) to $(APP)?',
              onTimeout: 'reject',
            },
          },
        ],
      },
    ],
  };
}

const CONFIG = `image="DOCKER|$LOGIN_SERVER/$REPOSITORY:$TAG"
configure() { # site image
  az rest --method patch --url "https://management.azure.com$1/config/web?api-version=${MANAGEMENT_API}" \\
    --body "{\\"properties\\":{\\"linuxFxVersion\\":\\"$2\\"}}" --output none
}
# azurerm reads the image as what follows this registry, and writes the two together whenever it changes another setting.
use_registry() { # what else az webapp takes
  az webapp config appsettings set --resource-group "$RESOURCE_GROUP" --name "$APP" "$@" \\
    --settings "DOCKER_REGISTRY_SERVER_URL=https://$LOGIN_SERVER" --output none
}
`;
// Everything is read from Azure Monitor, because an agent of Microsoft's does not reach a private service.
const WATCH = `since=$(date --utc +%FT%TZ)
metric() { # site name aggregation query
  az monitor metrics list --resource "$1" --metric "$2" --aggregation "$3" --interval PT1M --start-time "$since" --query "$4" --output tsv
}
total() { # site name
  metric "$1" "$2" Total 'sum(value[0].timeseries[].data[].total)' | cut -d . -f 1
}
health() { # site: share of the instances that answer 200 on the health path, in per cent
  metric "$1" HealthCheckStatus Average 'value[0].timeseries[].data[?average!=\`null\`][] | [-1].average'
}
fail() {
  echo "##vso[task.logissue type=error]$1"
  return 1
}
await_health() { # site
  for attempt in $(seq 30); do
    sleep 30
    case "$(health "$1")" in 100*) return 0 ;; esac
  done
  fail "instances are not healthy after 15 minutes ($attempt attempts)"
}
watch() { # site minutes: fails as soon as more than 1 % of the requests fail, or instances do
  for minute in $(seq "$2"); do
    sleep 60
    requests=$(total "$1" Requests)
    errors=$(total "$1" Http5xx)
    echo "minute $minute: $errors of $requests requests failed"
    if [ $((errors * 100)) -gt "$requests" ]; then fail "$errors of $requests requests failed"; fi
    case "$(health "$1")" in '' | 100*) ;; *) fail 'an instance is not healthy' ;; esac
  done
}
`;

function deploy(f: PipelineFile, service: IAppServiceInference): Stage {
  const { strategy, percent, interval } = service.rollout;
  const inPlace = strategy === RolloutStrategy.ALL_AT_ONCE;
  const minutes = strategy === RolloutStrategy.CANARY ? interval.toMinutes() : 0;
  return {
    stage: 'Deploy',
    jobs: [
      {
        job: 'Deploy',
        timeoutInMinutes: minutes + 60,
        // Time to take everything back in a run that somebody cancels.
        cancelTimeoutInMinutes: 30,
        steps: [{ checkout: 'none' }, ...(inPlace ? deployInPlace(f) : deployBySlot(f, service.stagingSlotName!, percent, minutes))],
      },
    ],
  };
}

function deployInPlace(f: PipelineFile): Yaml[] {
  return [
    az(
      f,
      'Put the version into service',
      `${CONFIG}previous=$(az webapp config show --resource-group "$RESOURCE_GROUP" --name "$APP" --query linuxFxVersion --output tsv)
echo "##vso[task.setvariable variable=PREVIOUS]$previous"
configure "$APP_ID" "$image"
use_registry
`,
    ),
    az(f, 'Watch it', `${WATCH}await_health "$APP_ID"\nwatch "$APP_ID" ${WATCH_MINUTES}\n`),
    az(f, 'Put the previous version back', `${CONFIG}configure "$APP_ID" "$PREVIOUS"\n`, {
      condition: "and(or(failed(), canceled()), ne(variables['PREVIOUS'], ''))",
    }),
  ];
}

function deployBySlot(f: PipelineFile, slot: string, percent: number, minutes: number): Yaml[] {
  const app = '--resource-group "$RESOURCE_GROUP" --name "$APP"';
  const swap = `az webapp deployment slot swap ${app} --slot ${slot} --target-slot production --output none`;
  const clear = `az webapp traffic-routing clear ${app} --output none`;
  return [
    az(
      f,
      `Put the version into the ${slot} slot`,
      // Stopped first, so that no instance of the version before is found healthy in its place.
      `${CONFIG}az webapp stop ${app} --slot ${slot}
configure "$APP_ID/slots/${slot}" "$image"
use_registry --slot ${slot}
az webapp start ${app} --slot ${slot}
`,
    ),
    az(f, 'Wait until it is healthy', `${WATCH}await_health "$APP_ID/slots/${slot}"\n`),
    ...(minutes
      ? [
          az(
            f,
            `Give it ${percent} % of the traffic for ${minutes} minutes`,
            `${WATCH}az webapp traffic-routing set ${app} --distribution ${slot}=${percent} --output none
watch "$APP_ID/slots/${slot}" ${minutes}
${clear}
`,
            { keepAzSessionActive: minutes > SESSION_MINUTES || undefined },
          ),
        ]
      : []),
    az(f, 'Swap the slots', `${swap}\necho '##vso[task.setvariable variable=SWAPPED]true'\n`),
    az(f, 'Watch it', `${WATCH}watch "$APP_ID" ${WATCH_MINUTES}\n`),
    az(
      f,
      'Put the previous version back',
      `if [ "\${SWAPPED:-}" = true ]; then
  ${swap}
fi
${clear}
`,
      { condition: 'or(failed(), canceled())' },
    ),
  ];
}

/** Depends on all stages, as one that is skipped tells nothing of the one that failed before it. */
function notify(f: PipelineFile, dependsOn: Yaml[]): Stage {
  return {
    stage: 'Notify',
    dependsOn,
    condition: 'failed()',
    jobs: [
      {
        job: 'Notify',
        steps: [
          { checkout: 'none' },
          az(
            f,
            'Record the failure, which raises the alarm',
            `value() { echo "$RUN_LOG" | tr ';' '\\n' | sed -n "s/^$1=//p"; }
token=$(az account get-access-token --resource https://monitor.azure.com --query accessToken --output tsv)
event='[{"name": "Microsoft.ApplicationInsights.Event", "time": "%s", "iKey": "%s", "data": {"baseType": "EventData", "baseData": {"ver": 2, "name": "${PIPELINE_FAILED}", "properties": {"pipeline": "${f.name}", "run": "%s"}}}}]'
printf "$event" "$(date --utc +%FT%TZ)" "$(value InstrumentationKey)" "$BUILD_BUILDNUMBER" |
  curl --fail --silent --show-error --header "Authorization: Bearer $token" --header 'Content-Type: application/json' \\
    --data @- "$(value IngestionEndpoint)v2.1/track"
`,
          ),
        ],
      },
    ],
  };
}

/** What is special about a step. */
interface StepOptions {
  /** When it runs; after all steps before it succeeded, where nothing is said. */
  readonly condition?: string;
  /** Logs in again and again, as without a secret a session cannot be renewed. */
  readonly keepAzSessionActive?: boolean;
  readonly workingDirectory?: string;
}

/** A step that runs a shell script, logged in to Azure. */
function az(
  f: PipelineFile,
  displayName: string,
  script: string,
  { condition, keepAzSessionActive, workingDirectory }: StepOptions = {},
): Yaml {
  return {
    task: 'AzureCLI@2',
    displayName,
    condition,
    inputs: {
      azureSubscription: f.name,
      scriptType: 'bash',
      scriptLocation: 'inlineScript',
      keepAzSessionActive,
      workingDirectory,
      inlineScript: `set -euo pipefail\n${script}`,
    },
  };
}
