import { Construct } from 'constructs';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { kebab } from '../../core/naming';
import { nameIn } from './names';
import { enableServices } from './services';

/**
 * A service account of a construct's own: nothing is allowed to it but what the construct grants.
 *
 * @param purpose one word for the account's name: `job`, `run`
 * @param displayName what people read in the console
 */
export function serviceAccount(scope: Construct, id: string, project: string, purpose: string, displayName: string): ServiceAccount {
  const account = new Construct(scope, id);
  return new ServiceAccount(account, 'Resource', {
    project,
    // RFC 1035, 6 to 30 characters.
    accountId: nameIn(account, project, { max: 30, prefix: `${kebab(scope.node.id).slice(0, 20 - purpose.length)}-${purpose}` }),
    displayName: displayName.slice(0, 100),
    dependsOn: enableServices(scope, project, 'iam'),
  });
}
