import { Change, Finding } from '../../model';
import { find, Kind, loses, opens, vanishes } from '../terraform';
import { BUILD } from './build';
import { DATABASES } from './database';
import { EVENTS } from './events';
import { FEATURES } from './features';
import { FILES } from './files';
import { findGrants, IAM } from './iam';
import { MONITORING } from './monitoring';
import { NETWORK } from './network';
import { SERVICES } from './services';
import { SQL } from './sql';
import { STORAGE } from './storage';

/** What is known of each type; a type that the constructs emit has to be here. */
export const GCP_KINDS: { readonly [type: string]: Kind } = {
  ...STORAGE,
  ...FILES,
  ...DATABASES,
  ...SQL,
  ...FEATURES,
  ...EVENTS,
  ...NETWORK,
  ...SERVICES,
  ...BUILD,
  ...MONITORING,
  ...IAM,
};

// What attributes of these names mean on any type.
const OTHERWISE = [
  loses('deletion_protection', false, '{It} is no longer protected from deletion.', { absent: true }),
  loses('force_destroy', true, 'Destroying {it} deletes what is in it from now on: `force_destroy` is on.', { absent: false }),
  vanishes('access', 'kms_key_name', '{It} is no longer encrypted with a key of your own.'),
  vanishes('access', 'encryption_config', '{It} is no longer encrypted with a key of your own.'),
  vanishes('access', 'encryption_spec', '{It} is no longer encrypted with a key of your own.'),
  opens('public_access_prevention', ['inherited', 'unspecified'], 'Whoever may set rights on {it} can make it public.', {
    absent: 'inherited',
  }),
];

/** What a change means, as far as the type of its resource tells. */
export function findGcp(change: Change): Finding[] {
  const grants = /_iam_(member|binding|policy|audit_config)$/.test(change.type) ? findGrants(change, GCP_KINDS) : undefined;
  return grants ?? find(change, GCP_KINDS[change.type], OTHERWISE);
}
