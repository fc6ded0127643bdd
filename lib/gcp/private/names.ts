import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { NameRule, kebab, physicalName } from '../../core/naming';

/** A name that starts with what users called the construct, and is unique in a project: `training-trainer-1a2b3c4d`. */
export function nameIn(scope: IConstruct, project: string, rule: Partial<NameRule> = {}): string {
  return physicalName(scope, { max: 63, separator: '-', prefix: kebab(scope.node.id), seed: project, ...rule });
}

/** An id for a construct that belongs to `scope`, but stands below something that several constructs share. */
export function idFor(scope: IConstruct, suffix: string): string {
  const path = scope.node.scopes.filter((s) => s.node.id && !TerraformStack.isStack(s)).map((s) => s.node.id);
  return [...path, suffix].join('-');
}
