import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { App, Aspects, AzurermBackend, IAspect, LocalBackend, TerraformResource, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { AzureTarget, Environment, MlPlatformProps } from '../core';
import { ordered } from '../core/ordered';
import { policyOf } from '../core/environment';
import { Checks } from '../core/errors';
import { parity } from '../core/parity';
import { needsPreparation } from '../core/preparation';
import { withoutTraces } from '../core/traces';
import { MlPlatform } from './platform';
import { SUPPORT } from './support';

/**
 * A Terraform stack that holds one machine-learning platform on Azure and nothing else.
 *
 * Defines the azurerm provider for the target's subscription, the place where Terraform keeps its state, tags on every resource that takes
 * them, and one `MlPlatform`. Without `targets.azure.state` the state is a file beside the output folder, which suits one person only.
 *
 * Whoever deploys needs the roles Contributor and User Access Administrator on the subscription.
 *
 * @example
 * new azure.MlPlatformStack(app, 'housing-dev-azure', {
 *   name: 'housing',
 *   targets: { azure: { location: 'westeurope', subscriptionId: '00000000-0000-0000-0000-000000000000' } },
 * });
 *
 * @see https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/guides/features-block
 */
export class MlPlatformStack extends TerraformStack {
  /** The platform. */
  public readonly platform: MlPlatform;

  public constructor(scope: Construct, id: string, declaration: MlPlatformProps) {
    super(scope, id);
    const props = ordered(declaration);
    parity.declare(this, '');
    const target = props.targets.azure;
    const environment = props.environment ?? Environment.DEV;
    const tags = { platform: props.name, environment, 'managed-by': 'mlops-constructs', ...props.tags };
    const checks = new Checks(this, 'azure.MlPlatformStack');
    checks.require(
      App.isApp(this.node.root),
      'conflict',
      'scope',
      undefined,
      'there is no App of cdktf above it',
      "write new App() of 'cdktf'",
    );
    checkTags(checks, tags);
    if (target) this.provider(target, environment);
    if (target?.state)
      new AzurermBackend(this, {
        subscriptionId: target.subscriptionId,
        resourceGroupName: target.state.resourceGroup,
        storageAccountName: target.state.storageAccount,
        containerName: target.state.container ?? 'tfstate',
        key: target.state.key ?? `${props.name}-${environment}.tfstate`,
        useAzureadAuth: true,
      });
    // From the stack's folder, `cdktf.out/stacks/<stack>`; beside `cdktf.out`, which may be deleted at any time.
    else new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    const platform = checks.collect(() => withoutTraces(() => new MlPlatform(this, 'Platform', props)));
    checks.done();
    this.platform = platform!;
    Aspects.of(this).add(new Tags(tags));
    parity.mapped(
      this,
      'azure',
      'targets.azure.state',
      target!.state ? SUPPORT.state.by : 'a file beside the output folder, which suits one person only',
    );
  }

  /** Looks for references to other stacks, where there may be any. */
  public prepareStack(): void {
    if (needsPreparation(this, TerraformStack.isStack)) super.prepareStack();
  }

  private provider(target: AzureTarget, environment: Environment): void {
    // So that a throw-away platform goes without a trace, and its names are free again at once.
    const trace = policyOf(environment).deletionProtection;
    new AzurermProvider(this, 'Azurerm', {
      subscriptionId: target.subscriptionId,
      storageUseAzuread: true,
      features: [
        {
          resourceGroup: [{ preventDeletionIfContainsResources: trace }],
          keyVault: [{ purgeSoftDeleteOnDestroy: !trace, recoverSoftDeletedKeyVaults: true }],
          logAnalyticsWorkspace: [{ permanentlyDeleteOnDestroy: !trace }],
          machineLearning: [{ purgeSoftDeletedWorkspaceOnDestroy: !trace }],
          applicationInsights: [{ disableGeneratedRule: true }],
          // Terraform runs outside the network, and everything it asks of storage goes through Azure Resource Manager.
          storage: [{ dataPlaneAvailable: false }],
          // Azure ML takes back no entity of a feature store; what else templates make goes with what it belongs to.
          templateDeployment: [{ deleteNestedItemsDuringDeletion: false }],
        },
      ],
    });
    this.addOverride('terraform.required_version', '>= 1.5.0');
  }
}

/** What azurerm 4.55 deletes and makes anew when a tag of it changes. */
const REPLACED_BY_TAGS = ['azurerm_machine_learning_datastore_blobstorage'];

/** Tags every resource that takes tags; what a resource says itself goes before. */
class Tags implements IAspect {
  public constructor(private readonly tags: { readonly [name: string]: string }) {}

  public visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || !('tagsInput' in node)) return;
    if (REPLACED_BY_TAGS.includes((node as TerraformResource).terraformResourceType)) return;
    const resource = node as TerraformResource & { tags?: object; tagsInput?: object };
    resource.tags = { ...this.tags, ...resource.tagsInput };
  }
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations */
function checkTags(checks: Checks, tags: { readonly [name: string]: string }): void {
  const names = Object.keys(tags);
  checks.require(
    names.length <= 50,
    'limit',
    'tags',
    names.length,
    'Azure takes at most 50 tags, and three are set by the platform',
    'write 47 or fewer',
  );
  const twice = names.find((name, i) => names.findIndex((n) => n.toLowerCase() === name.toLowerCase()) < i);
  checks.require(
    twice === undefined,
    'conflict',
    `tags.${twice}`,
    twice,
    'Azure does not tell names of tags apart by case',
    'write each name once',
  );
  for (const [name, value] of Object.entries(tags)) {
    checks.require(
      name.length <= 128 && !/[<>%&\\?/]/.test(name),
      'name',
      `tags.${name}`,
      name,
      'the name of a tag has at most 128 characters, and none of < > % & \\ ? /',
      'write a plainer name',
    );
    checks.require(
      value.length <= 256,
      'limit',
      `tags.${name}`,
      value,
      'the value of a tag has at most 256 characters',
      'write a shorter value',
    );
  }
}
