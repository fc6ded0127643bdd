import { Cause, Change, Finding } from '../../model';
import { listed } from '../common';
import { isPolicyOf } from './access';
import { DATA_PATHS } from './data-loss';
import { ACCESS_PATHS } from './weakened';

// Types whose every property that matters is read by code, not by a row of a table.
const READ_WHOLE = /^AWS::(IAM::|EC2::(SecurityGroup|NetworkAcl)|Lambda::(Permission|LayerVersionPermission)|SSO::)|^AWS::CloudFormation::/;
const ACCESS =
  /^(.*public.*|.*encrypt.*|.*kms.*|.*auth(oriz|ent|type|token).*|.*(tls|ssl).*|cors.*|.*acl|.*policy(document|text)?|.*principals?|.*permissions?|.*privileged.*|allow.*|securitygroup(id)?s?|.*accesscontrol.*|.*internetaccess|.*role(arn|s)?)$/i;
const DATA = /^(.*retention.*|.*backup.*|.*protection.*|.*snapshot.*|.*versioning.*|.*expir.*|.*lifecycle.*|deleteon.*|.*purge.*)$/i;

/**
 * Properties that are named as if they decided who may do what, or what is kept, and that no rule reads: nobody called them safe.
 */
export function findUnruled(change: Change): Finding[] {
  if (READ_WHOLE.test(change.type) || !change.before || !change.after) {
    return [];
  }
  const unruled = change.causes.filter((c) => c.replacement !== 'unknown' && isNamedSo(c) && !isRuled(change.type, c));
  const paths = [...new Set(unruled.map((c) => `\`${c.path}\``))];
  return paths.length === 0
    ? []
    : [
        {
          class: 'unknown',
          why: `No rule reads ${listed(paths)}, which may decide on access or on what is kept: compare before and after by yourself.`,
        },
      ];
}

function stepsOf(cause: Cause): readonly string[] {
  return cause.path.replace(/\[\d+\]/g, '.*').split('.');
}

function isNamedSo(cause: Cause): boolean {
  const steps = stepsOf(cause);
  const name = steps.filter((s) => s !== '*').at(-1)!;
  return steps[0] === 'Properties' && !steps.includes('Tags') && (ACCESS.test(name) || DATA.test(name));
}

function isRuled(type: string, cause: Cause): boolean {
  const path = stepsOf(cause).slice(1).join('.');
  const touches = (row: string): boolean => `${path}.`.startsWith(`${row}.`) || `${row}.`.startsWith(`${path}.`);
  return isPolicyOf(type, path) || [...DATA_PATHS, ...ACCESS_PATHS].some((row) => row.types.test(type) && touches(row.path));
}
