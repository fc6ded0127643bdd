import { TerraformDataSource, TerraformProvider, TerraformResource, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

/** Attributes of a resource, as Terraform writes them. */
export interface Attributes {
  readonly [name: string]: unknown;
}

// There is no prebuilt binding of this provider; see docs/adr/0003-azure-pipelines.md.
const METADATA = { providerName: 'azuredevops', providerVersionConstraint: '~> 1.6', providerVersion: '~> 1.6' };

/** The azuredevops provider for one organization. Signs in as its environment says: `AZDO_PERSONAL_ACCESS_TOKEN`, or a service principal. */
export class DevOpsProvider extends TerraformProvider {
  /** The stack's provider for an organization; made at the first call. */
  public static of(scope: Construct, organization: string): DevOpsProvider {
    const stack = TerraformStack.of(scope);
    const id = `AzureDevOps-${organization}`;
    return (stack.node.tryFindChild(id) as DevOpsProvider | undefined) ?? new DevOpsProvider(stack, id, organization);
  }

  private constructor(
    scope: Construct,
    id: string,
    private readonly organization: string,
  ) {
    super(scope, id, {
      terraformResourceType: 'azuredevops',
      terraformGeneratorMetadata: METADATA,
      terraformProviderSource: 'microsoft/azuredevops',
    });
  }

  public override get alias(): string {
    return this.organization
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^(?=\d)/, '_');
  }

  protected override synthesizeAttributes(): Attributes {
    return { alias: this.alias, org_service_url: `https://dev.azure.com/${this.organization}` };
  }
}

/** A resource of the azuredevops provider. */
export class DevOpsResource extends TerraformResource {
  public constructor(
    scope: Construct,
    id: string,
    type: string,
    provider: DevOpsProvider,
    private readonly attributes: Attributes,
  ) {
    super(scope, id, { terraformResourceType: `azuredevops_${type}`, terraformGeneratorMetadata: METADATA, provider });
  }

  /** A reference to an attribute. */
  public get(attribute: string): string {
    return this.getStringAttribute(attribute);
  }

  protected override synthesizeAttributes(): Attributes {
    return this.attributes;
  }
}

/** Something that exists in Azure DevOps. */
export class DevOpsData extends TerraformDataSource {
  public constructor(
    scope: Construct,
    id: string,
    type: string,
    provider: DevOpsProvider,
    private readonly attributes: Attributes,
  ) {
    super(scope, id, { terraformResourceType: `azuredevops_${type}`, terraformGeneratorMetadata: METADATA, provider });
  }

  /** A reference to an attribute. */
  public get(attribute: string): string {
    return this.getStringAttribute(attribute);
  }

  protected override synthesizeAttributes(): Attributes {
    return this.attributes;
  }
}
