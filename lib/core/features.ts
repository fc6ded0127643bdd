import { IConstruct } from 'constructs';
import { Environment } from './environment';
import { Checks, oneOf, thousands } from './errors';

/** What a feature holds. One list, which every cloud maps to its own. */
export enum FeatureType {
  /** Text in UTF-8. */
  STRING = 'string',
  /** A whole number of 64 bits. */
  INT = 'int',
  /** A floating-point number of 64 bits. */
  FLOAT = 'float',
  /** True or false. */
  BOOL = 'bool',
  /** A moment, in UTC. */
  TIMESTAMP = 'timestamp',
}

/** What a row of features is about. */
export interface FeatureEntity {
  /** Name of the column that identifies it, such as `listing_id`. No default: rows are looked up by it. */
  readonly name: string;
  /**
   * Type of that column: text or a whole number.
   *
   * @default FeatureType.STRING
   */
  readonly type?: FeatureType;
}

/** What a feature store takes on every cloud. */
export interface FeatureStoreBaseProps {
  /** What a row is about. No default: rows are looked up by it. */
  readonly entity: FeatureEntity;
  /** Name of the column that says when a row became true, such as `updated_at`. No default: training must not see the future. */
  readonly eventTime: string;
  /** Types of the features, by name, beside entity and event time. No default: they are what is stored. */
  readonly features: { readonly [name: string]: FeatureType };
  /**
   * The newest row of each entity can be looked up within milliseconds.
   *
   * @default false
   */
  readonly online?: boolean;
  /**
   * What the features say, for whoever looks for some.
   *
   * @default - none
   */
  readonly description?: string;
  /**
   * What the store is for; chooses retention and protection.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A group of features about one kind of entity, on any cloud. */
export interface IFeatureStoreBase extends IConstruct {
  /** What the cloud calls the group. */
  readonly featureGroupName: string;
}

const FEATURE_NAME = /^[a-z][a-z0-9_]*$/;
/** Longest name that all clouds take: one less than SageMaker's 64. */
const LONGEST_NAME = 63;

/**
 * What is wrong with the props on every cloud.
 *
 * @param most how many features this cloud takes in a group, and whose limit it is
 */
export function checkFeatures(
  checks: Checks,
  props: FeatureStoreBaseProps,
  most: { readonly count: number; readonly whose: string },
): void {
  const { entity, eventTime, features } = props;
  const names = [
    ['entity.name', entity.name],
    ['eventTime', eventTime],
    ...Object.keys(features).map((name) => [`features.${name}`, name]),
  ];
  for (const [prop, name] of names)
    checks.require(
      FEATURE_NAME.test(name) && name.length <= LONGEST_NAME,
      'name',
      prop,
      name,
      `a column is 1 to ${LONGEST_NAME} lower-case letters, digits and underscores, a letter first`,
      `write a name such as ${suggest(name)}`,
    );
  const keys: readonly FeatureType[] = [FeatureType.STRING, FeatureType.INT];
  checks.require(
    entity.type === undefined || keys.includes(entity.type),
    'choice',
    'entity.type',
    entity.type,
    'rows are looked up by text or by a whole number',
    `write ${oneOf(keys)}`,
  );
  for (const [prop, name] of [
    ['entity.name', entity.name],
    ['eventTime', eventTime],
  ])
    checks.require(
      !(name in features),
      'conflict',
      `features.${name}`,
      features[name],
      `it is the column of ${prop} already`,
      'leave it out here',
    );
  checks.require(
    entity.name !== eventTime,
    'conflict',
    'eventTime',
    eventTime,
    'it is the column of entity.name already',
    'name another column',
  );
  const count = Object.keys(features).length;
  checks.require(count >= 1, 'missing', 'features', undefined, 'a group without features stores nothing', 'write features: { rooms: int }');
  checks.require(
    count <= most.count,
    'limit',
    'features',
    count,
    `${most.whose} takes at most ${thousands(most.count)} features in a group`,
    'divide them over several groups',
  );
}

function suggest(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '');
  return words.slice(0, LONGEST_NAME) || 'rooms';
}
