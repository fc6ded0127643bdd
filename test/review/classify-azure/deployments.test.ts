import { findAzure } from '../../../lib/review/classify/azure';
import { Body } from '../../../lib/review/model';
import { changeOf, texts } from '../classify';

const GROUP = 'azurerm_resource_group_template_deployment';
const SUBSCRIPTION = 'azurerm_subscription_template_deployment';
const AUTH = 'Microsoft.App/containerApps/authConfigs';
const UNLESS = 'That is so unless `delete_nested_items_during_deletion` is off in the provider.';

const deployment = (resources: readonly Body[], parameters: Body = {}, x: Body = {}, template: Body = {}): Body => ({
  name: 'front',
  resource_group_name: 'rg',
  deployment_mode: 'Incremental',
  template_content: JSON.stringify({ contentVersion: '1.0.0.0', ...template, resources }),
  parameters_content: JSON.stringify(Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }]))),
  ...x,
});
const tell = (before: Body | undefined, after: Body | undefined, type = GROUP): string[] => texts(findAzure(changeOf(type, before, after)));

const front = (properties: Body = {}): Body => ({
  type: AUTH,
  apiVersion: '2024-03-01',
  name: "[concat(parameters('app'), '/current')]",
  properties: {
    platform: { enabled: true },
    globalValidation: { unauthenticatedClientAction: 'Return401' },
    identityProviders: {
      azureActiveDirectory: {
        enabled: true,
        registration: { openIdIssuer: "[parameters('issuer')]", clientId: "[parameters('clientId')]" },
        validation: {
          allowedAudiences: "[parameters('audiences')]",
          defaultAuthorizationPolicy: { allowedPrincipals: { identities: "[parameters('identities')]" } },
        },
      },
    },
    ...properties,
  },
});
const WHO = {
  app: '${azurerm_container_app.mlflow.name}',
  issuer: 'https://login/t/v2.0',
  audiences: ['id', 'api://id'],
  clientId: 'id',
  identities: ['${azurerm_user_assigned_identity.job.principal_id}'],
};
const signIn = (x: Body = {}, properties: Body = {}): Body => deployment([front(properties)], { ...WHO, ...x });
const APP = 'the container app azurerm_container_app.mlflow';
const OPEN = `access: Everybody who reaches ${APP} may call it, without signing in.`;

describe('the sign-in before a container app', () => {
  test.each([
    ['that is off', {}, { platform: { enabled: false } }, OPEN],
    ['that lets strangers in', {}, { globalValidation: { unauthenticatedClientAction: 'AllowAnonymous' } }, OPEN],
    [
      'that some paths go past',
      {},
      { globalValidation: { unauthenticatedClientAction: 'Return401', excludedPaths: ['/health'] } },
      `access: Everybody who reaches ${APP} may call /health of it, without signing in.`,
    ],
    [
      'of another issuer',
      { issuer: 'https://login/u/v2.0' },
      {},
      `access: Those whom https://login/u/v2.0 signs in may call ${APP}, where it was https://login/t/v2.0.`,
    ],
    ['for another application', { clientId: 'other' }, {}, `interrupt: Callers of ${APP} need tokens for other, where it was id.`],
    [
      'that takes more tokens',
      { audiences: ['id', 'api://id', 'api://other'] },
      {},
      `access: Tokens for api://other let callers of ${APP} in, too.`,
    ],
    ['that takes any tokens', { audiences: [] }, {}, `access: Tokens for other applications let callers of ${APP} in, too.`],
    [
      'that lets in somebody else',
      { identities: [...WHO.identities, '${azurerm_user_assigned_identity.eve.principal_id}'] },
      {},
      `access: azurerm_user_assigned_identity.eve may call ${APP}.`,
    ],
    [
      'that lets in everybody of the tenant',
      { identities: [] },
      {},
      `access: Everybody in the tenant may call ${APP}: its list of who may is gone.`,
    ],
  ])('%s is told', (_name, parameters, properties, expected) => {
    expect(tell(signIn(), signIn(parameters, properties))).toEqual([expected]);
  });

  test('that is put up, or lets in fewer, opens nothing', () => {
    expect(tell(signIn({}, { platform: { enabled: false } }), signIn())).toEqual([]);
    expect(tell(signIn({ identities: ['a', 'b'] }), signIn({ identities: ['a'] }))).toEqual([`interrupt?: b may no longer call ${APP}.`]);
    expect(tell(signIn({ identities: [] }), signIn())).toEqual([
      `interrupt?: Nobody but azurerm_user_assigned_identity.job may call ${APP}.`,
    ]);
  });

  test('that is new is told where it lets everybody in', () => {
    expect(tell(undefined, signIn())).toEqual([]);
    expect(tell(undefined, signIn({}, { platform: { enabled: false } }))).toEqual([OPEN]);
  });

  test('that goes, or is made anew, leaves the app open', () => {
    expect(tell(signIn(), undefined)).toEqual([`access?: Everybody who reaches ${APP} may call it, without signing in. ${UNLESS}`]);
    expect(tell(signIn(), { ...signIn(), name: 'other' })).toEqual([
      `access?: Everybody who reaches ${APP} may call it, without signing in. It is made anew after that. ${UNLESS}`,
    ]);
  });

  test('is not known where something else of it differs', () => {
    expect(tell(signIn(), signIn({}, { login: { tokenStore: { enabled: true } } }))).toEqual([
      `unknown: ${AUTH} azurerm_container_app.mlflow/current differs in the deployment front: nothing is known of that, and what it means is for you to judge.`,
    ]);
  });
});

describe('a connection of a workspace', () => {
  const connection = (x: Body = {}): Body =>
    deployment([
      {
        type: 'Microsoft.MachineLearningServices/workspaces/connections',
        apiVersion: '1',
        name: 'features/online',
        properties: { category: 'Redis', target: 'a', authType: 'ManagedIdentity', credentials: { clientId: 'c', resourceId: 'i' }, ...x },
      },
    ]);
  const IT = 'The connection online of the workspace features';

  test.each([
    ['that leads elsewhere', { target: 'b' }, `interrupt: ${IT} leads to b, where it was a: what is there is not found any more.`],
    ['that signs in by a key', { authType: 'AccountKey' }, `access: ${IT} signs in by AccountKey, where it was ManagedIdentity.`],
    [
      'that signs in as another',
      { credentials: { clientId: 'd', resourceId: 'j' } },
      `access: ${IT} signs in as j, and may do what that may, where it was i.`,
    ],
  ])('%s is told', (_name, x, expected) => {
    expect(tell(connection(), connection(x))).toEqual([expected]);
    expect(tell(connection(x), { ...connection(x), tags: { a: 'b' } })).toEqual([]);
  });

  test('that goes is missed', () => {
    expect(tell(connection(), undefined)).toEqual([
      `interrupt?: The workspace features no longer finds what its connection online leads to. ${UNLESS}`,
    ]);
  });
});

describe('an entity of a feature store', () => {
  const entity = (properties: Body = {}): Body =>
    deployment(
      [
        {
          type: 'Microsoft.MachineLearningServices/workspaces/featurestoreEntities/versions',
          apiVersion: '1',
          name: "[concat(parameters('workspace'), '/listing_id/1')]",
          properties: { isArchived: false, indexColumns: [{ columnName: 'listing_id', dataType: 'String' }], ...properties },
        },
      ],
      { workspace: 'features' },
    );

  test('that is archived, or has other columns, is told', () => {
    expect(tell(entity(), entity({ isArchived: true }))).toEqual([
      'interrupt: The entity features/listing_id/1 is archived: nobody finds it any more.',
    ]);
    expect(tell(entity({ isArchived: true }), entity())).toEqual([]);
    expect(tell(entity(), entity({ indexColumns: [] }))).toEqual([
      'interrupt: The columns by which features are looked up differ in the entity features/listing_id/1: Azure ML refuses that of a version that is there, or what looks up finds nothing.',
    ]);
  });

  test('that goes is lost', () => {
    expect(tell(entity(), undefined)).toEqual([
      `data-loss?: The version of the entity features/listing_id/1 goes: feature sets that name it cannot be used. ${UNLESS}`,
    ]);
  });
});

describe('file systems that a web app mounts', () => {
  const mount = (x: Body = {}): Body => ({
    type: 'AzureFiles',
    protocol: 'Nfs',
    accountName: 'acc',
    shareName: 'share',
    mountPath: '/mnt/scratch',
    accessKey: '',
    ...x,
  });
  const site = (mounts: Body): Body => ({
    name: 'mounts',
    location: 'westeurope',
    template_content: JSON.stringify({
      resources: [
        {
          type: 'Microsoft.Resources/deployments',
          apiVersion: '1',
          name: 'mounts',
          resourceGroup: 'rg',
          properties: {
            mode: 'Incremental',
            template: {
              resources: [
                { type: 'Microsoft.Web/sites/config', apiVersion: '1', name: 'predict/azurestorageaccounts', properties: mounts },
              ],
            },
          },
        },
      ],
    }),
  });
  const on = (before: Body | undefined, after: Body | undefined): string[] => tell(before, after, SUBSCRIPTION);

  test('are told as they come, go and change', () => {
    const [none, one] = [site({}), site({ scratch: mount() })];
    const reads = 'access: What runs in the web app predict may read and change the files of';
    expect(on(none, one)).toEqual([`${reads} share of acc, at /mnt/scratch.`]);
    expect(on(undefined, one)).toEqual([`${reads} share of acc, at /mnt/scratch.`]);
    expect(on(one, none)).toEqual(['interrupt: What runs in the web app predict no longer finds files at /mnt/scratch.']);
    expect(on(one, site({ scratch: mount({ shareName: 'other' }) }))).toEqual([
      `${reads} other of acc, at /mnt/scratch; those of share of acc are no longer there.`,
    ]);
    expect(on(one, site({ scratch: mount({ accessKey: 'k' }) }))).toEqual([
      'access: A key of the storage account, and no longer the network, lets the web app predict mount share of acc.',
    ]);
    expect(on(one, site({ other: mount() }))).toEqual([]);
  });

  test('stay where only the deployment goes', () => {
    expect(on(site({ scratch: mount() }), undefined)).toEqual([
      'unknown: Microsoft.Web/sites/config predict/azurestorageaccounts stays as it is, and nobody declares it any more: delete it by hand if it is to go.',
    ]);
  });
});

describe('a template', () => {
  const bucket = (x: Body = {}): Body => ({ type: 'Microsoft.Some/thing', apiVersion: '1', name: 't', properties: {}, ...x });
  const one = deployment([bucket()]);
  const JUDGE = 'nothing is known of that, and what it means is for you to judge.';

  test('of a type that nothing is known of is not called safe', () => {
    expect(tell(undefined, one)).toEqual([`unknown: The deployment front deploys Microsoft.Some/thing t: ${JUDGE}`]);
    expect(tell(one, deployment([bucket({ properties: { a: 1 } })]))).toEqual([
      `unknown: Microsoft.Some/thing t differs in the deployment front: ${JUDGE}`,
    ]);
    expect(tell(one, undefined)).toEqual([`unknown?: Microsoft.Some/thing t is deleted, and what it holds is not known. ${UNLESS}`]);
    expect(tell(one, deployment([]))).toEqual([
      'unknown: Microsoft.Some/thing t stays as it is, and nobody declares it any more: delete it by hand if it is to go.',
    ]);
  });

  test('that says the same means nothing', () => {
    expect(tell(one, deployment([bucket({ tags: { a: 'b' }, dependsOn: ['x'] })]))).toEqual([]);
    expect(tell(one, { ...one, tags: { a: 'b' } })).toEqual([]);
    expect(tell(deployment([bucket({ name: "[parameters('n')]" })], { n: 't' }), one)).toEqual([]);
  });

  test('is read with the defaults of its parameters, and with its variables', () => {
    const named = (defaultValue: string): Body =>
      deployment([bucket({ properties: { a: "[parameters('n')]" } })], {}, {}, { parameters: { n: { type: 'string', defaultValue } } });
    expect(tell(named('a'), named('b'))).toHaveLength(1);
    const varied = (a: string): Body => deployment([bucket({ properties: { a: "[variables('n')]" } })], {}, {}, { variables: { n: a } });
    expect(tell(varied('a'), varied('b'))).toHaveLength(1);
  });

  test('that differs beside its resources is not called safe', () => {
    expect(tell(one, deployment([bucket()], {}, {}, { outputs: { a: { type: 'string', value: 'b' } } }))).toEqual([
      'unknown: The template of the deployment front differs beside its resources: what that means is for you to judge.',
    ]);
  });

  test.each([
    ['is no JSON', { template_content: '${file("a.json")}' }],
    ['is elsewhere', { template_spec_version_id: 'v' }],
    ['has parameters that are not known', { parameters_content: '${jsonencode(var.p)}' }],
  ])('that %s is not called safe', (_name, x) => {
    expect(tell(one, { ...one, ...x })).toEqual([
      'unknown: What the deployment front deploys cannot be looked into: its template is not JSON that is known before it runs.',
    ]);
  });

  test('that is all there may be in its resource group destroys the rest', () => {
    const complete = { ...one, deployment_mode: 'Complete' };
    const WHY =
      'data-loss: Everything in the resource group rg that the template of the deployment front does not name is destroyed: its mode is Complete.';
    expect(tell(one, complete)).toEqual([WHY]);
    expect(tell(undefined, complete)).toContain(WHY);
    expect(tell(complete, one)).toEqual([]);
    expect(tell(complete, { ...complete, ...deployment([]), deployment_mode: 'Complete' })).toEqual([
      'unknown: Microsoft.Some/thing t is deleted, and what it holds is not known.',
    ]);
  });
});
