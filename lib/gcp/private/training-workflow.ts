import { Capacity } from '../../core';
import { batchJob, JobSettings, link, MACHINE_LOST_PATTERN, NO_CAPACITY_PATTERN } from './batch-job';
import { $, workflowSource } from './workflow-source';

/** What the workflow does beside the job's own settings. */
export interface WorkflowSettings {
  readonly job: JobSettings;
  readonly project: string;
  readonly workflowName: string;
  readonly capacity: readonly Capacity[];
  readonly command: readonly string[];
  readonly env: { readonly [name: string]: string };
  /** Most jobs at once. */
  readonly slots: number;
  /** Seconds that a job waits for one link of the chain. */
  readonly patience: number;
  /** Seconds without machines after which a job counts as stuck. */
  readonly stuckAfter: number;
}

/** The log event that says that a job waits and no machine comes. */
export const STUCK_EVENT = 'ml.training.stuck';

const JOBS = 'googleapis.batch.v1.projects.locations.jobs';
const EXECUTIONS = 'googleapis.workflowexecutions.v1.projects.locations.workflows.executions';
/** Seconds between two looks. */
const TURN_INTERVAL = 300;
const JOB_INTERVAL = 120;
/** An execution has 100,000 steps, of which one look takes six; a tenth is left for waiting its turn. */
const LOOKS = 15_000;
const WEEK = 604_800;
/** Batch job ids have 63 characters, of which the execution's id takes 36 and the attempt 6. */
const JOB_PREFIX = 20;

type Step = { readonly [name: string]: object };

/**
 * The workflow that runs one job: waits for its turn, submits the job to the first link of the capacity chain, goes on to the next link where
 * no machines come, submits again where a gang lost a machine, and fails if the job fails.
 *
 * @see https://cloud.google.com/workflows/docs/reference/googleapis/batch/v1/projects.locations.jobs/create
 * @see https://cloud.google.com/workflows/quotas
 */
export function trainingWorkflow(settings: WorkflowSettings): string {
  return workflowSource({
    main: { params: ['args'], steps: [...start(settings), ...turn(), ...submit(settings), ...watch(settings), ...fallBack(), ...judge()] },
  });
}

function start({ job, project, workflowName, capacity, command, env, slots, patience, stuckAfter }: WorkflowSettings): Step[] {
  const parent = `projects/${project}/locations/${job.region}`;
  const prefix = workflowName.slice(0, JOB_PREFIX).replace(/-$/, '');
  return [
    {
      init: assign({
        parent,
        workflow: `${parent}/workflows/${workflowName}`,
        execution: $('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")'),
        prefix,
        command,
        env,
        links: capacity.map((c) => link(c, job)),
        nodes: job.nodes,
        retries: job.retries,
        slots,
        patience,
        stuckAfter,
        link: 0,
        lost: 0,
        nothing: [],
        none: {},
        countsPath: ['status', 'taskGroups', 'group0', 'counts'],
        eventsPath: ['status', 'statusEvents'],
      }),
    },
    {
      settings: {
        switch: [
          {
            condition: $('args != null'),
            steps: [
              {
                override: assign({
                  command: $('default(map.get(args, "command"), command)'),
                  env: $('map.merge(env, default(map.get(args, "env"), none))'),
                }),
              },
            ],
          },
        ],
      },
    },
  ];
}

/** Runs go one after the other in the order they were started, so many at once as there is room for. */
function turn(): Step[] {
  return [
    {
      line: patient({
        call: `${EXECUTIONS}.list`,
        args: { parent: $('workflow'), filter: 'state="ACTIVE"', pageSize: 1000 },
        result: 'active',
      }),
    },
    { runs: assign({ runs: $('default(map.get(active, "executions"), nothing)'), ahead: $('slots') }) },
    {
      place: {
        for: {
          value: 'run',
          index: 'i',
          in: $('runs'),
          steps: [
            {
              own: {
                switch: [
                  {
                    condition: $('text.match_regex(run.name, execution + "$")'),
                    // The list starts with the newest.
                    steps: [{ found: { ...assign({ ahead: $('len(runs) - 1 - i') }), next: 'break' } }],
                  },
                ],
              },
            },
          ],
        },
      },
    },
    { room: { switch: [{ condition: $('ahead < slots'), next: 'begin' }] } },
    { wait: { call: 'sys.sleep', args: { seconds: TURN_INTERVAL }, next: 'line' } },
    { begin: assign({ idle: $('sys.now()') }) },
  ];
}

function submit({ job }: WorkflowSettings): Step[] {
  return [
    {
      submit: assign({
        jobId: $('text.to_lower(prefix + "-" + execution + "-" + string(link) + "-" + string(lost))'),
        since: $('sys.now()'),
        warned: false,
      }),
    },
    {
      create: {
        call: `${JOBS}.create`,
        // What follows is looked at here, which may take days; the connector would give up after half an hour.
        args: { parent: $('parent'), jobId: $('jobId'), body: batchJob(job), connector_params: { skip_polling: true } },
      },
    },
  ];
}

function watch({ job }: WorkflowSettings): Step[] {
  // Seldom enough to see the longest job to its end: all of its attempts, and a week of waiting for machines.
  const interval = Math.max(JOB_INTERVAL, Math.ceil((job.seconds * (job.retries + 1) + WEEK) / LOOKS));
  return [
    { poll: patient({ call: `${JOBS}.get`, args: { name: $('parent + "/jobs/" + jobId') }, result: 'job' }) },
    { read: assign({ state: $('job.status.state'), counts: $('default(map.get(job, countsPath), none)') }) },
    {
      busy: assign({
        busy: $(['RUNNING', 'ASSIGNED', 'SUCCEEDED'].map((state) => `int(default(map.get(counts, "${state}"), "0"))`).join(' + ')),
      }),
    },
    {
      decide: {
        switch: [
          { condition: $('state == "SUCCEEDED"'), next: 'done' },
          { condition: $('state == "FAILED"'), next: 'failed' },
          { condition: $('text.match_regex(state, "^(CANCEL|DELETION)")'), next: 'cancelled' },
          { condition: $('busy >= nodes'), next: 'working' },
          { condition: $('sys.now() - since > patience and link + 1 < len(links)'), next: 'giveUp' },
          { condition: $('not(warned) and sys.now() - idle > stuckAfter'), next: 'warn' },
        ],
        next: 'rest',
      },
    },
    { working: { ...assign({ since: $('sys.now()'), idle: $('sys.now()'), warned: false }), next: 'rest' } },
    {
      warn: {
        call: 'sys.log',
        args: {
          severity: 'WARNING',
          json: { event: STUCK_EVENT, job: $('jobId'), capacity: $('links[link].name'), waitedSeconds: $('int(sys.now() - idle)') },
        },
      },
    },
    { warned: assign({ warned: true }) },
    { rest: { call: 'sys.sleep', args: { seconds: interval }, next: 'poll' } },
  ];
}

/** No machines come from here, or come back from here: the next link is tried, from the last checkpoint on. */
function fallBack(): Step[] {
  return [
    { giveUp: { call: `${JOBS}.delete`, args: { name: $('parent + "/jobs/" + jobId') } } },
    { nextLink: { ...assign({ link: $('link + 1') }), next: 'submit' } },
  ];
}

function judge(): Step[] {
  return [
    {
      failed: {
        call: `${JOBS}.taskGroups.tasks.list`,
        args: { parent: $('parent + "/jobs/" + jobId + "/taskGroups/group0"'), pageSize: 100 },
        result: 'tasks',
      },
    },
    {
      why: assign({
        history: $('json.encode_to_string(default(map.get(job, eventsPath), nothing))'),
        ends: $('json.encode_to_string(tasks)'),
      }),
    },
    {
      verdict: {
        switch: [
          { condition: $(`link + 1 < len(links) and text.match_regex(history, "${NO_CAPACITY_PATTERN}")`), next: 'nextLink' },
          { condition: $(`nodes > 1 and lost < retries and text.match_regex(history + ends, "${MACHINE_LOST_PATTERN}")`), next: 'again' },
        ],
        next: 'fail',
      },
    },
    { again: { ...assign({ lost: $('lost + 1') }), next: 'submit' } },
    { fail: { raise: $('"Job " + jobId + " failed: " + history') } },
    { cancelled: { raise: $('"Job " + jobId + " was cancelled"') } },
    { done: { return: { job: $('jobId'), capacity: $('links[link].name'), state: $('state') } } },
  ];
}

/** A call that is made again for half an hour while the service is not there: a run that took that for an end would leave its job alone. */
function patient(call: object): object {
  const backoff = { initial_delay: 10, max_delay: 300, multiplier: 2 };
  return { try: call, retry: { predicate: $('http.default_retry_predicate'), max_retries: 10, backoff } };
}

function assign(values: { readonly [name: string]: unknown }): object {
  return { assign: Object.entries(values).map(([name, value]) => ({ [name]: value })) };
}
