import { ChangeClass } from '../../model';
import { all, at, isBody, keyOf, missing, shown } from '../terraform';

/** A resource as a template declares it. */
export interface Deployed {
  readonly type: string;
  readonly name: string;
  /** What is said of it beside its type and name. */
  readonly body: { readonly [name: string]: unknown };
}

/** A finding that has no resource of its own. */
export interface Said {
  readonly class: ChangeClass;
  readonly why: string;
  readonly conditional?: boolean;
}

interface Reader {
  /** Whether all that differs is something that `find` looks into. */
  readonly reads: (was: Deployed, is: Deployed) => boolean;
  readonly find: (was: Deployed | undefined, is: Deployed) => readonly Said[];
  readonly gone: (was: Deployed) => Said;
}

const ENTRA = 'identityProviders.azureActiveDirectory';
const POLICY = `${ENTRA}.validation.defaultAuthorizationPolicy`;

/** What is known of types that a template deploys, in small letters. */
export const READERS: { readonly [type: string]: Reader } = {
  'microsoft.app/containerapps/authconfigs': {
    reads: only(
      'platform.enabled',
      'globalValidation.unauthenticatedClientAction',
      'globalValidation.excludedPaths',
      `${ENTRA}.enabled`,
      `${ENTRA}.registration.openIdIssuer`,
      `${ENTRA}.registration.clientId`,
      `${ENTRA}.validation.allowedAudiences`,
      `${POLICY}.allowedPrincipals.identities`,
      `${POLICY}.allowedPrincipals.groups`,
      `${POLICY}.allowedApplications`,
    ),
    find: signIn,
    gone: (was) => ({
      class: 'access',
      why: `Everybody who reaches the container app ${owner(was)} may call it, without signing in.`,
    }),
  },
  'microsoft.machinelearningservices/workspaces/connections': {
    reads: only('target', 'credentials.clientId', 'credentials.resourceId', 'authType'),
    find: connection,
    gone: (was) => ({ class: 'interrupt', why: `The workspace ${owner(was)} no longer finds what its connection ${leaf(was)} leads to.` }),
  },
  'microsoft.machinelearningservices/workspaces/featurestoreentities': {
    reads: only('isArchived', 'description'),
    find: archived,
    gone: (was) => ({ class: 'data-loss', why: `The entity ${leaf(was)} of the feature store ${owner(was)} goes with its versions.` }),
  },
  'microsoft.machinelearningservices/workspaces/featurestoreentities/versions': {
    reads: only('isArchived', 'description', 'stage', 'indexColumns'),
    find: (was, is) => [
      ...archived(was, is),
      ...(was && keyOf(at(was.body, 'properties.indexColumns')) !== keyOf(at(is.body, 'properties.indexColumns'))
        ? [
            {
              class: 'interrupt' as const,
              why: `The columns by which features are looked up differ in the entity ${is.name}: Azure ML refuses that of a version that is there, or what looks up finds nothing.`,
            },
          ]
        : []),
    ],
    gone: (was) => ({ class: 'data-loss', why: `The version of the entity ${was.name} goes: feature sets that name it cannot be used.` }),
  },
  'microsoft.web/sites/config': { reads: mountsOnly, find: mounts, gone: (was) => unmounted(was) },
  'microsoft.web/sites/slots/config': { reads: mountsOnly, find: mounts, gone: (was) => unmounted(was) },
};

/** Nothing differs but these properties. */
function only(...paths: string[]): Reader['reads'] {
  const without = (value: unknown, path: string): unknown => {
    if (paths.includes(path)) return undefined;
    return isBody(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, without(v, path ? `${path}.${k}` : k)])) : value;
  };
  return (was, is) =>
    keyOf({ ...was.body, properties: without(was.body.properties, '') }) ===
    keyOf({ ...is.body, properties: without(is.body.properties, '') });
}

function signIn(was: Deployed | undefined, is: Deployed): Said[] {
  const [before, after] = [was, is].map((d) => d?.body.properties);
  const app = `the container app ${owner(is)}`;
  const off = (p: unknown): boolean => at(p, 'platform.enabled') !== true;
  const anonymous = (p: unknown): boolean =>
    (at(p, 'globalValidation.unauthenticatedClientAction') ?? 'AllowAnonymous') === 'AllowAnonymous';
  const open = (p: unknown): boolean => off(p) || anonymous(p);
  if (open(after) && !(before && open(before)))
    return [{ class: 'access', why: `Everybody who reaches ${app} may call it, without signing in.` }];
  if (!before) return [];
  const found: Said[] = [];
  const paths = missing(all(after, 'globalValidation.excludedPaths'), all(before, 'globalValidation.excludedPaths'));
  if (paths.length)
    found.push({ class: 'access', why: `Everybody who reaches ${app} may call ${shown(paths)} of it, without signing in.` });
  const [issuers, clients, audiences] = [
    `${ENTRA}.registration.openIdIssuer`,
    `${ENTRA}.registration.clientId`,
    `${ENTRA}.validation.allowedAudiences`,
  ].map((p) => [before, after].map((b) => all(b, p)));
  if (missing(issuers[1], issuers[0]).length)
    found.push({ class: 'access', why: `Those whom ${shown(issuers[1])} signs in may call ${app}, where it was ${shown(issuers[0])}.` });
  if (keyOf(clients[0]) !== keyOf(clients[1]))
    found.push({ class: 'interrupt', why: `Callers of ${app} need tokens for ${shown(clients[1])}, where it was ${shown(clients[0])}.` });
  if (audiences[0].length && !audiences[1].length)
    found.push({ class: 'access', why: `Tokens for other applications let callers of ${app} in, too.` });
  else if (missing(audiences[1], audiences[0]).length && audiences[0].length)
    found.push({ class: 'access', why: `Tokens for ${shown(missing(audiences[1], audiences[0]))} let callers of ${app} in, too.` });
  return [...found, ...allowed(before, after, app)];
}

const WHO = [`${POLICY}.allowedPrincipals.identities`, `${POLICY}.allowedPrincipals.groups`, `${POLICY}.allowedApplications`];

function allowed(before: unknown, after: unknown, app: string): Said[] {
  const [was, is] = [before, after].map((b) => WHO.flatMap((p) => all(b, p)));
  if (was.length && !is.length) return [{ class: 'access', why: `Everybody in the tenant may call ${app}: its list of who may is gone.` }];
  if (!was.length) return is.length ? [{ class: 'interrupt', why: `Nobody but ${shown(is)} may call ${app}.`, conditional: true }] : [];
  const [come, gone] = [missing(is, was), missing(was, is)];
  return [
    ...(come.length ? [{ class: 'access' as const, why: `${shown(come)} may call ${app}.` }] : []),
    ...(gone.length ? [{ class: 'interrupt' as const, why: `${shown(gone)} may no longer call ${app}.`, conditional: true }] : []),
  ];
}

function connection(was: Deployed | undefined, is: Deployed): Said[] {
  if (!was) return [];
  const it = `The connection ${leaf(is)} of the workspace ${owner(is)}`;
  const pair = (path: string): string[] => [was, is].map((d) => shown(at(d.body, `properties.${path}`)));
  const found: Said[] = [];
  const [from, to] = pair('target');
  if (from !== to)
    found.push({ class: 'interrupt', why: `${it} leads to ${to}, where it was ${from}: what is there is not found any more.` });
  const [how, now] = pair('authType');
  if (how !== now)
    found.push({
      class: 'access',
      why: `${it} signs in by ${now}, where it was ${how}.`,
      conditional: now === 'ManagedIdentity',
    });
  const [who, other] = pair('credentials.resourceId');
  if (who !== other) found.push({ class: 'access', why: `${it} signs in as ${other}, and may do what that may, where it was ${who}.` });
  else if (pair('credentials.clientId')[0] !== pair('credentials.clientId')[1])
    found.push({ class: 'access', why: `${it} signs in as ${pair('credentials.clientId')[1]}, and may do what that may.` });
  return found;
}

function archived(was: Deployed | undefined, is: Deployed): Said[] {
  const off = (d: Deployed | undefined): boolean => at(d?.body, 'properties.isArchived') === true;
  return off(is) && !off(was) ? [{ class: 'interrupt', why: `The entity ${is.name} is archived: nobody finds it any more.` }] : [];
}

function isMounts(d: Deployed): boolean {
  return /\/azurestorageaccounts$/i.test(d.name);
}

function mountsOnly(was: Deployed, is: Deployed): boolean {
  return isMounts(is) && only()({ ...was, body: { ...was.body, properties: {} } }, { ...is, body: { ...is.body, properties: {} } });
}

interface Mount {
  readonly path: string;
  readonly share: string;
  readonly key: boolean;
}

function mountsOf(d: Deployed | undefined): Mount[] {
  const properties = d?.body.properties;
  return Object.values(isBody(properties) ? properties : {}).map((m) => ({
    path: shown(at(m, 'mountPath')),
    share: `${shown(at(m, 'shareName'))} of ${shown(at(m, 'accountName'))}`,
    key: (at(m, 'accessKey') ?? '') !== '',
  }));
}

function mounts(was: Deployed | undefined, is: Deployed): Said[] {
  const site = `the web app ${is.name.replace(/\/[^/]*$/, '')}`;
  if (!isMounts(is)) return [{ class: 'unknown', why: `What ${is.type} ${is.name} means for ${site} is for you to judge.` }];
  const [before, after] = [was, is].map(mountsOf);
  return [
    ...after.flatMap((m): Said[] => {
      const old = before.find((b) => b.path === m.path);
      if (!old) return [{ class: 'access', why: `What runs in ${site} may read and change the files of ${m.share}, at ${m.path}.` }];
      return old.share === m.share
        ? []
        : [
            {
              class: 'access',
              why: `What runs in ${site} may read and change the files of ${m.share}, at ${m.path}; those of ${old.share} are no longer there.`,
            },
          ];
    }),
    ...after
      .filter((m) => m.key && !before.find((b) => b.path === m.path)?.key)
      .map((m): Said => ({
        class: 'access',
        why: `A key of the storage account, and no longer the network, lets ${site} mount ${m.share}.`,
      })),
    ...before
      .filter((m) => !after.some((a) => a.path === m.path))
      .map((m): Said => ({ class: 'interrupt', why: `What runs in ${site} no longer finds files at ${m.path}.` })),
  ];
}

function unmounted(was: Deployed): Said {
  return {
    class: 'interrupt',
    why: `What runs in the web app ${was.name.replace(/\/[^/]*$/, '')} no longer finds the files that it mounts.`,
  };
}

/** Of a name such as `app/current`: what it belongs to. */
function owner({ name }: Deployed): string {
  return name.split('/')[0];
}

function leaf({ name }: Deployed): string {
  return name.split('/').slice(1).join('/');
}
