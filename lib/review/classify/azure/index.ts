import { Change, Finding } from '../../model';
import { find, Kind, opens, weakens, wherever } from '../terraform';
import { APPS } from './apps';
import { CACHES } from './cache';
import { CONTAINER_APPS } from './container-apps';
import { DATABASES } from './database';
import { DEPLOYMENTS } from './deployments';
import { EVENTS } from './events';
import { FILES } from './files';
import { IDENTITY } from './identity';
import { MACHINE_LEARNING } from './machine-learning';
import { MONITORING } from './monitoring';
import { NETWORK } from './network';
import { POSTGRESQL } from './postgresql';
import { REGISTRY } from './registry';
import { PUBLIC, STORAGE, TLS } from './storage';

/** What is known of each type; a type that the constructs emit has to be here. */
export const AZURE_KINDS: { readonly [type: string]: Kind } = {
  ...STORAGE,
  ...FILES,
  ...REGISTRY,
  ...DATABASES,
  ...POSTGRESQL,
  ...CACHES,
  ...EVENTS,
  ...NETWORK,
  ...APPS,
  ...CONTAINER_APPS,
  ...DEPLOYMENTS,
  ...MACHINE_LEARNING,
  ...MONITORING,
  ...IDENTITY,
};

// What attributes of these names mean on any type.
const OTHERWISE = [
  wherever('public_network_access_enabled', PUBLIC),
  opens('local_auth_enabled', true, 'Whoever has a key of {it} may use it without signing in.'),
  opens('local_authentication_enabled', true, 'Whoever has a key of {it} may use it without signing in.'),
  opens('local_authentication_disabled', false, 'Whoever has a key of {it} may use it without signing in.'),
  opens('local_account_disabled', false, 'Whoever has the administrator certificate of {it} may do everything in it.'),
  weakens('access', 'min_tls_version', ...TLS),
  weakens('access', 'minimum_tls_version', ...TLS),
];

/** What a change means, as far as the type of its resource tells. */
export function findAzure(change: Change): Finding[] {
  return find(change, AZURE_KINDS[change.type], OTHERWISE);
}
