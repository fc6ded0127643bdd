import { Construct, IConstruct } from 'constructs';
import { VertexAiFeatureOnlineStore } from '@cdktf/provider-google/lib/vertex-ai-feature-online-store';
import { Environment } from '../../core';
import { policyOf } from '../../core/environment';
import { isUnresolved } from '../../core/errors';
import { parity } from '../../core/parity';
import { nameIn } from '../private/names';
import { checkPlace } from '../private/place';
import { checksFor } from '../private/root';
import { enableServices } from '../private/services';

/** Where the newest rows of groups of features are looked up. */
export interface IFeatureOnlineStore extends IConstruct {
  /** Project that it is in. */
  readonly project: string;
  /** Region that it is in. */
  readonly region: string;
  /** Its name: the last path segment. */
  readonly onlineStoreName: string;
}

/** An online store that exists already. */
export interface FeatureOnlineStoreAttributes {
  /** Project that it is in. */
  readonly project: string;
  /** Region that it is in. */
  readonly region: string;
  /** Its name: the last path segment. */
  readonly onlineStoreName: string;
}

/** Options of an online store. */
export interface FeatureOnlineStoreProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region of the store. No default: data must not land where nobody chose. */
  readonly region: string;
  /**
   * Fewest nodes, 1 to 10.
   *
   * @default 1
   * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.featureOnlineStores#AutoScaling
   */
  readonly minNodes?: number;
  /**
   * Most nodes, at most ten times as many as the fewest; one is added when they are busy for half of the time.
   *
   * @default - 2, in prod 5, or `minNodes` if that is more
   */
  readonly maxNodes?: number;
  /**
   * What the store is for.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

const CPU_PERCENT = 50;

/**
 * Nodes that keep the newest row of each entity, and answer within milliseconds.
 *
 * Defines a feature online store of Vertex AI, served by Bigtable, which Google names the less costly of its two kinds; the other one answers
 * faster. One node at least is there, and paid for, day and night, also in dev: several groups should share one store. Nothing is lost with
 * it: it holds a copy of what is in BigQuery.
 *
 * @example
 * const online = new gcp.FeatureOnlineStore(this, 'Online', { project: 'acme-ml-dev', region: 'europe-west4' });
 *
 * @see https://cloud.google.com/vertex-ai/docs/featurestore/latest/online-serving-types
 */
export class FeatureOnlineStore extends Construct implements IFeatureOnlineStore {
  /** An online store that exists already. */
  public static fromFeatureOnlineStoreAttributes(
    scope: Construct,
    id: string,
    attributes: FeatureOnlineStoreAttributes,
  ): IFeatureOnlineStore {
    return new ImportedOnlineStore(scope, id, attributes);
  }

  public readonly project: string;
  public readonly region: string;
  public readonly onlineStoreName: string;

  public constructor(scope: Construct, id: string, props: FeatureOnlineStoreProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.FeatureOnlineStore');
    const { project, region, minNodes = 1, environment } = props;
    const { multiZone, retainData } = policyOf(environment);
    const maxNodes = props.maxNodes ?? Math.max(multiZone ? 5 : 2, minNodes);
    checkPlace(checks, project, region);
    checks.within('minNodes', minNodes, 1, 10, 'Vertex AI');
    checks.require(
      isUnresolved(minNodes) || isUnresolved(maxNodes) || (maxNodes >= minNodes && maxNodes <= 10 * minNodes),
      'limit',
      'maxNodes',
      maxNodes,
      `Vertex AI takes one to ten times as many as the ${minNodes} of minNodes`,
      `write ${minNodes} to ${10 * minNodes}`,
    );
    checks.done();
    const store = new VertexAiFeatureOnlineStore(this, 'Resource', {
      project,
      region,
      // 60 letters, digits and underscores.
      name: nameIn(this, project, { max: 60, separator: '_' }),
      bigtable: { autoScaling: { minNodeCount: minNodes, maxNodeCount: maxNodes, cpuUtilizationTarget: CPU_PERCENT } },
      // What it holds is a copy, but whoever is served by it would notice.
      forceDestroy: !retainData,
      timeouts: { create: '40m', update: '40m', delete: '40m' },
      dependsOn: enableServices(this, project, 'aiplatform'),
    });
    this.project = project;
    this.region = region;
    this.onlineStoreName = store.name;
    parity.mapped(this, 'gcp', '', `Vertex AI online store on Bigtable, ${minNodes} to ${maxNodes} nodes`);
  }
}

class ImportedOnlineStore extends Construct implements IFeatureOnlineStore {
  public readonly project: string;
  public readonly region: string;
  public readonly onlineStoreName: string;

  public constructor(scope: Construct, id: string, { project, region, onlineStoreName }: FeatureOnlineStoreAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.FeatureOnlineStore');
    checkPlace(checks, project, region);
    checks.require(
      isUnresolved(onlineStoreName) || /^[a-z_][a-z0-9_]{0,59}$/.test(onlineStoreName),
      'name',
      'onlineStoreName',
      onlineStoreName,
      'not the name of an online store',
      'write its last path segment only',
    );
    checks.done();
    this.project = project;
    this.region = region;
    this.onlineStoreName = onlineStoreName;
  }
}
