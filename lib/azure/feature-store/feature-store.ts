import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import type { ResourceGroupTemplateDeployment } from '@cdktf/provider-azurerm/lib/resource-group-template-deployment';
import { AssetType, ITerraformDependable, TerraformAsset, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { FeatureType } from '../../core';
import { Checks } from '../../core/errors';
import { checkFeatures } from '../../core/features';
import { contentHash, kebab } from '../../core/naming';
import { parity } from '../../core/parity';
import { literal } from '../../core/terraform-text';
import { armDeployment, armParameters } from '../private/arm';
import { resourcesOf } from '../private/dependencies';
import { grantId } from '../private/name';
import { checksFor } from '../private/root';
import { stagingFolder } from '../private/staging';
import { withoutNestedDeletion } from '../private/nested-deletion';
import { IPrincipal } from '../resource-group';
import { SUPPORT } from '../support';
import { FeatureStoreAttributes, FeatureStoreGrants, FeatureStoreProps, IFeatureStore } from './props';
import { FeatureStoreWorkspace } from './workspace';
import { IFeatureStoreWorkspace } from './workspace-props';

/** https://learn.microsoft.com/azure/machine-learning/reference-yaml-featureset-spec */
const TYPES: { readonly [type in FeatureType]: string } = {
  [FeatureType.STRING]: 'string',
  [FeatureType.INT]: 'long',
  [FeatureType.FLOAT]: 'double',
  [FeatureType.BOOL]: 'boolean',
  [FeatureType.TIMESTAMP]: 'datetime',
};
/** The same types where Azure Resource Manager takes them. */
const ENTITY_TYPES: { readonly [type in FeatureType]?: string } = { [FeatureType.STRING]: 'String', [FeatureType.INT]: 'Long' };
const MOST = { count: 1000, whose: 'this library' };
const ENTITY_API = '2024-04-01';
const ENTITY_VERSION = '1';
/** The smallest machine that Azure ML materializes on: https://learn.microsoft.com/azure/machine-learning/reference-yaml-feature-set */
const SPARK_MACHINE = 'standard_e4s_v3';

const deployed = new WeakMap<IFeatureStoreWorkspace, ResourceGroupTemplateDeployment>();

/** Entities of each store, by name, with the type of their column: groups about the same kind of thing share one. */
const entities = new WeakMap<IFeatureStoreWorkspace, Map<string, FeatureType>>();

/**
 * A group of features about one kind of entity: a feature set of Azure ML, read from Parquet files and looked up offline and online.
 *
 * Defines the entity in the feature store, and the specification of the feature set as files beside the stack; the command of an output
 * registers it, since Azure ML reads a specification from storage that answers in the network only, where Terraform cannot write it.
 * Its version follows the columns: other columns are another version, and the old one stays. Rows are Parquet files in the folder
 * `sourceUri`, with a column for the entity, one for the event time, and one for each feature. Materialization runs when somebody asks for it
 * (`az ml feature-set backfill`), on Spark, by the feature store's identity.
 *
 * Without a workspace to share it makes one of its own, with some eight private endpoints: groups of one platform should share one.
 *
 * @example
 * declare const trainer: azure.GpuTrainingCluster;
 * const listings = new azure.FeatureStore(this, 'Listings', {
 *   resourceGroup: group,
 *   network,
 *   entity: { name: 'listing_id' },
 *   eventTime: 'updated_at',
 *   features: { rooms: FeatureType.INT, sqm: FeatureType.FLOAT, zip: FeatureType.STRING },
 * });
 * listings.grants.read('Trainer', trainer.identity);
 *
 * @see https://learn.microsoft.com/azure/machine-learning/reference-yaml-featureset-spec
 */
export class FeatureStore extends Construct implements IFeatureStore {
  /** A feature set that exists already; nothing is created for it. */
  public static fromFeatureStoreAttributes(scope: Construct, id: string, attributes: FeatureStoreAttributes): IFeatureStore {
    return new ImportedFeatureStore(scope, id, attributes);
  }

  public readonly featureGroupName: string;
  public readonly featureSetVersion: string;
  public readonly sourceUri: string;
  public readonly workspace: IFeatureStoreWorkspace;
  public readonly grants: FeatureStoreGrants;

  public constructor(scope: Construct, id: string, props: FeatureStoreProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.FeatureStore');
    checkFeatures(checks, props, MOST);
    checkPlace(checks, props);
    const { resourceGroup, network, logWorkspace, environment, entity, online } = props;
    const type = entity.type ?? FeatureType.STRING;
    if (props.workspace) checkEntity(checks, props.workspace, entity.name, type);
    checks.done();
    this.featureGroupName = kebab(id) || 'features';
    this.workspace =
      props.workspace ??
      new FeatureStoreWorkspace(this, 'Workspace', { resourceGroup, network: network!, logWorkspace, environment, online });
    if (!entities.has(this.workspace)) entities.set(this.workspace, new Map([[entity.name, type]]));
    this.sourceUri = this.workspace.sourceUri(this.featureGroupName);
    this.grants = new Grants(this, this.workspace);
    this.node.defaultChild = armDeployment(this, 'Entity', {
      resourceGroup,
      dependsOn: [...resourcesOf(this.workspace, 'azurerm_machine_learning_workspace'), ...before(this.workspace)],
      parameterTypes: { workspace: 'string' },
      parameters: armParameters({ workspace: this.workspace.workspaceName }),
      resources: entityResources(entity.name, type),
    });
    deployed.set(this.workspace, this.node.defaultChild as ResourceGroupTemplateDeployment);
    withoutNestedDeletion(this, 'azure.FeatureStore');

    const specification = specificationOf(props, this.sourceUri);
    this.featureSetVersion = contentHash(specification).slice(0, 8);
    const set = featureSetOf(this, props);
    const folder = stagingFolder();
    mkdirSync(join(folder, 'spec'));
    writeFileSync(join(folder, 'spec', 'FeatureSetSpec.yaml'), specification);
    writeFileSync(join(folder, 'featureset.yaml'), set);
    const files = new TerraformAsset(this, 'Specification', {
      path: folder,
      type: AssetType.DIRECTORY,
      assetHash: contentHash(specification + set).slice(0, 8),
    });
    const where = `--resource-group ${this.workspace.workspaceResourceGroupName} --workspace-name ${this.workspace.workspaceName}`;
    new TerraformOutput(this, 'RegisterCommand', {
      description: 'Registers the feature set with its declared columns; run it in this folder, on a machine in the network',
      value: `az ml feature-set create ${where} --file ${files.path}/featureset.yaml`,
    });
    new TerraformOutput(this, 'BackfillCommand', {
      description: 'Materializes the features of a window of event time; write its ends for FROM and TO, such as 2026-11-01T00:00:00Z',
      value: `az ml feature-set backfill ${where} --name ${this.featureGroupName} --version ${this.featureSetVersion} --feature-window-start-time FROM --feature-window-end-time TO --data-status None Incomplete`,
    });
    new TerraformOutput(this, 'Columns', { description: 'The specification that is registered', value: literal(specification) });
    parity.approximated(this, 'azure', '', SUPPORT.features.by, SUPPORT.features.reason!);
    if (online) parity.approximated(this, 'azure', 'online', SUPPORT['features.online'].by, SUPPORT['features.online'].reason!);
  }
}

/** A store takes one entity at a time. */
function before(workspace: IFeatureStoreWorkspace): ITerraformDependable[] {
  const last = deployed.get(workspace);
  return last ? [last] : [];
}

function checkPlace(checks: Checks, props: FeatureStoreProps): void {
  checks.require(
    props.workspace !== undefined || props.network !== undefined,
    'missing',
    'network',
    undefined,
    'nobody could reach the feature store',
    'write network: and an MlNetwork, or workspace: and a FeatureStoreWorkspace',
  );
  checks.require(
    !props.online || props.workspace === undefined || props.workspace.online,
    'conflict',
    'online',
    props.online,
    'the workspace has no online store',
    'write online: true for the FeatureStoreWorkspace too',
  );
}

/** Groups of one store that name the same entity mean the same column. */
function checkEntity(checks: Checks, workspace: IFeatureStoreWorkspace, name: string, type: FeatureType): void {
  const known = entities.get(workspace) ?? new Map<string, FeatureType>();
  entities.set(workspace, known);
  const other = known.get(name);
  checks.require(
    other === undefined || other === type,
    'conflict',
    'entity.type',
    type,
    `another group of this store says that ${name} is of type ${other}`,
    `write ${other}, or another name`,
  );
  if (other === undefined) known.set(name, type);
}

/** https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/featurestoreentities/versions */
function entityResources(name: string, type: FeatureType): object[] {
  const container = `[concat(parameters('workspace'), '/${name}')]`;
  return [
    {
      type: 'Microsoft.MachineLearningServices/workspaces/featurestoreEntities',
      apiVersion: ENTITY_API,
      name: container,
      properties: { isArchived: false },
    },
    {
      type: 'Microsoft.MachineLearningServices/workspaces/featurestoreEntities/versions',
      apiVersion: ENTITY_API,
      name: `[concat(parameters('workspace'), '/${name}/${ENTITY_VERSION}')]`,
      dependsOn: [`[resourceId('Microsoft.MachineLearningServices/workspaces/featurestoreEntities', parameters('workspace'), '${name}')]`],
      properties: {
        isAnonymous: false,
        isArchived: false,
        stage: 'Development',
        indexColumns: [{ columnName: name, dataType: ENTITY_TYPES[type] }],
      },
    },
  ];
}

function specificationOf(props: FeatureStoreProps, sourceUri: string): string {
  const { entity, eventTime, features } = props;
  return [
    '$schema: http://azureml/sdk-2-0/FeatureSetSpec.json',
    'source:',
    '  type: parquet',
    `  path: ${sourceUri}/*.parquet`,
    '  timestamp_column:',
    `    name: ${eventTime}`,
    'features:',
    ...Object.entries(features).flatMap(([name, type]) => [`  - name: ${name}`, `    type: ${TYPES[type]}`]),
    'index_columns:',
    `  - name: ${entity.name}`,
    `    type: ${TYPES[entity.type ?? FeatureType.STRING]}`,
    '',
  ].join('\n');
}

function featureSetOf(store: FeatureStore, props: FeatureStoreProps): string {
  return [
    '$schema: http://azureml/sdk-2-0/Featureset.json',
    `name: ${store.featureGroupName}`,
    `version: "${store.featureSetVersion}"`,
    ...(props.description === undefined ? [] : [`description: ${JSON.stringify(props.description)}`]),
    'specification:',
    '  path: ./spec',
    `entities: ["azureml:${props.entity.name}:${ENTITY_VERSION}"]`,
    'stage: Development',
    'materialization_settings:',
    '  offline_enabled: true',
    `  online_enabled: ${props.online ?? false}`,
    '  resource:',
    `    instance_type: ${SPARK_MACHINE}`,
    '',
  ].join('\n');
}

class ImportedFeatureStore extends Construct implements IFeatureStore {
  public readonly featureGroupName: string;
  public readonly featureSetVersion: string;
  public readonly sourceUri: string;
  public readonly workspace: IFeatureStoreWorkspace;
  public readonly grants: FeatureStoreGrants;

  public constructor(scope: Construct, id: string, attributes: FeatureStoreAttributes) {
    super(scope, id);
    checksFor(this, 'azure.FeatureStore').done();
    this.featureGroupName = attributes.featureGroupName;
    this.featureSetVersion = attributes.featureSetVersion;
    this.workspace = attributes.workspace;
    this.sourceUri = attributes.workspace.sourceUri(attributes.featureGroupName);
    this.grants = new Grants(this, attributes.workspace);
  }
}

class Grants extends FeatureStoreGrants {
  public constructor(
    private readonly store: Construct,
    private readonly workspace: IFeatureStoreWorkspace,
  ) {
    super();
  }

  public read(id: string, grantee: IPrincipal): void {
    this.workspace.grants.read(grantId(this.store, id), grantee);
  }

  public write(id: string, grantee: IPrincipal): void {
    this.workspace.grants.write(grantId(this.store, id), grantee);
  }
}
