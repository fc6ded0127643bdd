import { findAzure } from '../../../lib/review/classify/azure';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  azurerm_logic_app_action_custom: {
    base: { name: 'Snapshots', logic_app_id: 'l' },
    changes: [
      [
        'snapshots for less time',
        { body: '{"type":"Scope","actions":{"Old":{"where":"@less(item(), addDays(utcNow(),-30))"}}}' },
        { body: '{"type":"Scope","actions":{"Old":{"where":"@less(item(), addDays(utcNow(),-7))"}}}' },
        ['data-loss: The action Snapshots deletes what is older than 7 days, where it was 30.'],
      ],
      [
        'snapshots for a time that is not known',
        { body: '{"type":"Scope","actions":{"Old":{"where":"@less(item(), addDays(utcNow(),-30))"}}}' },
        { body: '{"type":"Scope","actions":{"Old":{"where":"@less(item(), addDays(utcNow(),-${var.days}))"}}}' },
        ['data-loss?: The action Snapshots deletes what is older than another time: whether it is shorter is not known.'],
        ['data-loss?: The action Snapshots deletes what is older than another time: whether it is shorter is not known.'],
      ],
      [
        'snapshots that are deleted',
        { body: '{}' },
        { body: '{"type":"Scope","actions":{"Old":{"where":"@less(item(), addDays(utcNow(),-7))"}}}' },
        ['data-loss: The action Snapshots deletes what is older than 7 days, where it deleted nothing.'],
      ],
    ],
  },
  azurerm_logic_app_trigger_recurrence: {
    base: { name: 'Daily', logic_app_id: 'l', frequency: 'Day', interval: 1 },
    changes: [
      ['a schedule that goes', {}, undefined, ['interrupt: Nothing starts by the schedule Daily any more.']],
      [
        'less often',
        {},
        { interval: 7 },
        ['interrupt: The schedule Daily starts less often: every 7 days, where it was every 1 day.'],
        ['capacity: The schedule Daily starts more often: every 1 day, where it was every 7 days.'],
      ],
      [
        'less often a day',
        { frequency: 'Day', interval: 1, schedule: { at_these_hours: [2, 14] } },
        { frequency: 'Day', interval: 1, schedule: { at_these_hours: [2] } },
        ['interrupt: The schedule Daily starts less often: every 1 day, where it was every 12 hours.'],
        ['capacity: The schedule Daily starts more often: every 12 hours, where it was every 1 day.'],
      ],
      [
        'at another hour',
        { frequency: 'Day', interval: 1, schedule: { at_these_hours: [2] } },
        { frequency: 'Day', interval: 1, schedule: { at_these_hours: [3] } },
        [],
      ],
      [
        'by a frequency that is not known',
        {},
        { frequency: '${var.often}' },
        ['interrupt?: The schedule Daily may start less often than before.'],
        ['interrupt?: The schedule Daily may start less often than before.'],
      ],
    ],
  },
  azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint: {
    base: { name: 'features-blob', workspace_id: '${azurerm_machine_learning_workspace.f.id}', sub_resource_target: 'blob' },
    changes: [
      [
        'a way out',
        undefined,
        { service_resource_id: '${azurerm_storage_account.f.id}' },
        ['access: Machines of azurerm_machine_learning_workspace.f may reach azurerm_storage_account.f (blob).'],
      ],
      [
        'a way out that goes',
        { service_resource_id: '${azurerm_storage_account.f.id}' },
        undefined,
        ['interrupt: Machines of the workspace no longer reach what the outbound rule features-blob leads to.'],
      ],
      [
        'another way out',
        { service_resource_id: '${azurerm_storage_account.f.id}' },
        { service_resource_id: '${azurerm_storage_account.g.id}' },
        [
          'interrupt: Until the new one is there, machines of the workspace no longer reach what the outbound rule features-blob leads to.',
          'access: Machines of azurerm_machine_learning_workspace.f may reach azurerm_storage_account.g (blob).',
        ],
        [
          'interrupt: Until the new one is there, machines of the workspace no longer reach what the outbound rule features-blob leads to.',
          'access: Machines of azurerm_machine_learning_workspace.f may reach azurerm_storage_account.f (blob).',
        ],
      ],
    ],
  },
  azurerm_private_dns_a_record: {
    base: { name: 'mlflow', zone_name: 'z', ttl: 300 },
    changes: [
      ['a name that goes', { records: ['10.0.0.4'] }, undefined, ['interrupt: The record mlflow leads nowhere.']],
      [
        'a name that leads elsewhere',
        { records: ['10.0.0.4'] },
        { records: ['10.0.0.5'] },
        ['interrupt: The record mlflow leads to 10.0.0.5, where it was 10.0.0.4.'],
        ['interrupt: The record mlflow leads to 10.0.0.4, where it was 10.0.0.5.'],
      ],
      ['another time', { records: ['10.0.0.4'] }, { records: ['10.0.0.4'], ttl: 60 }, []],
    ],
  },
  azurerm_role_definition: {
    base: { name: 'snapshots', scope: 's' },
    changes: [
      [
        'a role that goes',
        { permissions: { actions: ['a'] } },
        undefined,
        ['interrupt: Whoever has the role snapshots is refused what it let them do.'],
      ],
      [
        'a role that lets do more',
        { permissions: { actions: ['a'], not_data_actions: ['x'] } },
        { permissions: { actions: ['a', 'b'] } },
        ['access: Whoever has the role snapshots may do b and x.'],
        ['interrupt?: Whoever has the role snapshots may no longer do b and x.'],
      ],
      [
        'a role for more places',
        { assignable_scopes: ['a'], permissions: {} },
        { assignable_scopes: ['a', 'b'], permissions: {} },
        ['access: The role snapshots may be given on b, too.'],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findAzure, type, TYPES[type]);
});
