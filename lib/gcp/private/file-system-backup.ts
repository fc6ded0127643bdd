import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { FilestoreInstance } from '@cdktf/provider-google/lib/filestore-instance';
import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { kebab } from '../../core/naming';
import { nameIn } from './names';
import { serviceAccount } from './service-account';
import { enableServices } from './services';
import { $, workflowSource } from './workflow-source';
import { acknowledge } from './acknowledge';

/** A file system that is backed up. */
export interface BackedUp {
  readonly project: string;
  readonly region: string;
  readonly instance: FilestoreInstance;
  readonly instanceName: string;
  readonly share: string;
  /** Days that a backup is kept. */
  readonly days: number;
}

const API = 'https://file.googleapis.com/v1/';

/**
 * Backs a file system up every night, and deletes what is too old. Filestore does neither by itself, and a backup that Terraform makes is
 * made once: Cloud Scheduler starts a workflow, which calls the API as an account that may do that and nothing else.
 *
 * @see https://cloud.google.com/filestore/docs/scheduling-backups
 */
export function backUpDaily(scope: Construct, backedUp: BackedUp): void {
  const { project, region, instanceName } = backedUp;
  const name = nameIn(scope, project, { prefix: `${kebab(scope.node.id)}-backup` });
  const role = new ProjectIamCustomRole(scope, 'BackupRole', {
    project,
    roleId: name.replace(/-/g, '_'),
    title: `Backs up ${scope.node.id}`.slice(0, 100),
    description: 'Makes, lists and deletes backups of Filestore; cannot touch a file system.',
    permissions: [
      'file.backups.create',
      'file.backups.delete',
      'file.backups.get',
      'file.backups.list',
      'file.instances.get',
      'file.operations.get',
    ],
    dependsOn: enableServices(scope, project, 'iam', 'file'),
  });
  const account = serviceAccount(scope, 'BackupAccount', project, 'bak', `Backs up ${instanceName}`);
  const { member } = account;
  const permissions = [
    new ProjectIamMember(scope, 'BackupAllowed', { project, role: role.name, member }),
    new ProjectIamMember(scope, 'BackupLogs', { project, role: 'roles/logging.logWriter', member }),
    // Google Cloud grants it on projects only.
    new ProjectIamMember(scope, 'BackupInvoker', { project, role: 'roles/workflows.invoker', member }),
  ];
  const workflow = new WorkflowsWorkflow(scope, 'Backup', {
    project,
    region,
    name,
    description: `Backs ${instanceName} up and deletes its backups of more than ${backedUp.days} days ago.`,
    serviceAccount: account.id,
    callLogLevel: 'LOG_ERRORS_ONLY',
    deletionProtection: false,
    sourceContents: source(backedUp),
    dependsOn: [...enableServices(scope, project, 'workflows', 'workflowexecutions'), ...permissions],
  });
  acknowledge(workflow, { 'workflows-deletion-protection': 'It holds nothing; backups stay when it goes.' });
  new CloudSchedulerJob(scope, 'BackupSchedule', {
    project,
    region,
    name,
    description: `Backs ${instanceName} up`,
    schedule: '0 2 * * *',
    timeZone: 'UTC',
    attemptDeadline: '60s',
    retryConfig: { retryCount: 3 },
    httpTarget: {
      httpMethod: 'POST',
      uri: `https://workflowexecutions.googleapis.com/v1/${workflow.id}/executions`,
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from('{}').toString('base64'),
      oauthToken: { serviceAccountEmail: account.email },
    },
    dependsOn: enableServices(scope, project, 'cloudscheduler'),
  });
  new TerraformOutput(scope, 'BackupsCommand', {
    description: 'Lists the backups. They stay when the file system goes; gcloud filestore backups delete deletes one.',
    value: `gcloud filestore backups list --region ${region} --project ${project} --filter 'sourceInstance:${instanceName}'`,
  });
}

function source({ project, region, instance, instanceName, share, days }: BackedUp): string {
  const parent = `projects/${project}/locations/${region}`;
  const auth = { type: 'OAuth2' };
  return workflowSource({
    main: {
      steps: [
        { init: { assign: [{ parent }, { instance: instance.id }, { none: [] }, { now: $('sys.now()') }] } },
        {
          backUp: {
            call: 'http.post',
            args: {
              url: $(`"${API}" + parent + "/backups"`),
              auth,
              query: { backupId: $(`"${backupPrefix(instanceName)}-" + string(int(now))`) },
              body: { sourceInstance: $('instance'), sourceFileShare: share, description: 'Made every night' },
            },
          },
        },
        {
          list: {
            call: 'http.get',
            args: { url: $(`"${API}" + parent + "/backups"`), auth, query: { pageSize: 1000 } },
            result: 'listed',
          },
        },
        {
          // One a night is made, one a night goes: Filestore deletes backups of a file system one at a time.
          deleteOldest: {
            for: {
              value: 'backup',
              in: $('default(map.get(listed.body, "backups"), none)'),
              steps: [
                {
                  old: {
                    switch: [
                      {
                        condition: $(
                          `text.match_regex(backup.sourceInstance, "/instances/${instanceName}$") and backup.state == "READY" and now - time.parse(backup.createTime) > ${days * 86_400}`,
                        ),
                        steps: [
                          {
                            delete: {
                              call: 'http.delete',
                              args: { url: $(`"${API}" + backup.name`), auth },
                              next: 'break',
                            },
                          },
                        ],
                      },
                    ],
                  },
                },
              ],
            },
          },
        },
      ],
    },
  });
}

/** Ids of backups have 63 characters, of which the time takes 11. */
function backupPrefix(instanceName: string): string {
  return instanceName.slice(0, 50).replace(/-$/, '');
}
