import { Body, Finding } from '../../model';
import { all, at, gains, Grant, Kind, keyOf, missing, Roles, shown, Thing, widened, withdrawn } from '../terraform';

const ROLES: Roles = {
  verbs: {
    Owner: 'do everything in, and give rights on,',
    Contributor: 'change everything in',
    Reader: 'see everything in',
    'User Access Administrator': 'give rights on',
    'Role Based Access Control Administrator': 'give rights on',
    AcrPull: 'pull images from',
    AcrPush: 'push images to',
    'Azure AI Enterprise Network Connection Approver': 'approve private endpoints of',
    'Azure Service Bus Data Receiver': 'take messages from',
    'Azure Service Bus Data Sender': 'send messages to',
    'Container Registry Tasks Contributor': 'change and run the tasks of',
    'EventGrid Data Sender': 'send events to',
    'AzureML Data Scientist': 'run jobs in',
    'AzureML Compute Operator': 'manage the machines of',
    'Key Vault Administrator': 'do everything in',
    'Key Vault Secrets User': 'read the secrets of',
    'Key Vault Crypto Service Encryption User': 'encrypt and decrypt with the keys of',
    'Key Vault Crypto User': 'encrypt and decrypt with the keys of',
    'Monitoring Metrics Publisher': 'write metrics of',
    'Redis Cache Contributor': 'change, and read the keys of,',
    'Storage Blob Data Reader': 'read blobs of',
    'Storage Blob Data Contributor': 'read, write and delete blobs of',
    'Storage Blob Data Owner': 'do everything with blobs of',
    'Storage File Data Privileged Contributor': 'read, write and delete files of',
    'Website Contributor': 'change and deploy to',
  },
  families: [
    ['Reader', 'Contributor', 'Owner'],
    ['Storage Blob Data Reader', 'Storage Blob Data Contributor', 'Storage Blob Data Owner'],
    ['AcrPull', 'AcrPush'],
    ['User Access Administrator', 'Owner'],
    ['Key Vault Secrets User', 'Key Vault Administrator'],
  ],
};

/** Who somebody is, and what they may do. */
export const IDENTITY: { readonly [type: string]: Kind } = {
  azurerm_role_assignment: {
    noun: 'role assignment',
    rules: [
      (thing) => [
        ...widened(thing, grant(thing.was), grant(thing.is), ROLES),
        ...withdrawn(thing, grant(thing.was), grant(thing.is), ROLES),
      ],
    ],
  },
  azurerm_role_definition: {
    noun: 'role',
    stops: 'whoever has {it} is refused what it let them do',
    rules: [role, gains('access', 'assignable_scopes', (items) => `{It} may be given on ${items}, too.`)],
  },
  azurerm_user_assigned_identity: {
    noun: 'identity',
    stops: 'whatever runs as {it} is refused everywhere',
    anew: 'The new identity has none of the rights that {it} was given outside of this stack.',
  },
  azurerm_federated_identity_credential: {
    noun: 'trust',
    stops: 'who signs in by {it} is refused',
    anew: '',
    rules: [
      (thing) => {
        const differs =
          thing.is &&
          (!thing.was || ['issuer', 'subject', 'audience', 'parent_id'].some((p) => keyOf(at(thing.was, p)) !== keyOf(at(thing.is, p))));
        return differs
          ? [
              thing.finding(
                'access',
                `${shown(at(thing.is, 'subject'))} of ${shown(at(thing.is, 'issuer'))} may sign in as ${shown(at(thing.is, 'parent_id'))}.`,
              ),
            ]
          : [];
      },
    ],
  },
  azurerm_key_vault_access_policy: {
    noun: 'access policy',
    rules: [
      (thing: Thing) => {
        const rights = (body: Body | undefined): string[] =>
          ['key', 'secret', 'certificate', 'storage'].flatMap((of) => all(body, `${of}_permissions`).map((p) => `${String(p)} (${of})`));
        const come = rights(thing.is).filter(
          (r) => at(thing.was, 'object_id') !== at(thing.is, 'object_id') || !rights(thing.was).includes(r),
        );
        return come.length
          ? [
              thing.finding(
                'access',
                `${shown(at(thing.is, 'object_id'))} may ${shown(come)} in the key vault ${shown(at(thing.is, 'key_vault_id'))}.`,
              ),
            ]
          : [];
      },
    ],
  },
};

function role(thing: Thing): Finding[] {
  const [was, is] = [thing.was, thing.is].map((b) => listOf(b, ['actions', 'data_actions']));
  const [before, after] = [thing.was, thing.is].map((b) => listOf(b, ['not_actions', 'not_data_actions']));
  const come = [...missing(is, was), ...(thing.is ? missing(before, after) : [])];
  const gone = thing.was && thing.is ? [...missing(was, is), ...missing(after, before)] : [];
  return [
    ...(come.length ? [thing.finding('access', `Whoever has {it} may do ${shown(come)}.`)] : []),
    ...(gone.length ? [thing.finding('interrupt', `Whoever has {it} may no longer do ${shown(gone)}.`, true)] : []),
  ];
}

function listOf(body: Body | undefined, kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) => all(body, `permissions.${kind}`).map(String));
}

function grant(body: Body | undefined): Grant[] {
  if (!body) return [];
  const condition = at(body, 'condition');
  return [
    {
      who: shown(at(body, 'principal_id')),
      role: shown(at(body, 'role_definition_name') ?? at(body, 'role_definition_id')),
      on: shown(at(body, 'scope')).replace(/\$\{((?:data\.)?\w+\.[\w-]+)[\w.[\]]*\}/g, '$1'),
      condition: condition === undefined ? '' : shown(condition),
    },
  ];
}
