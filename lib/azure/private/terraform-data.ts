import { ITerraformDependable, LocalExecProvisioner, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';

/** What a `TerraformData` is made of. */
export interface TerraformDataProps {
  /** Kept in the state, for provisioners that run when it is destroyed. */
  readonly input?: { readonly [name: string]: string };
  /** A change of any of these makes it anew. */
  readonly triggersReplace?: { readonly [name: string]: string };
  readonly dependsOn: ITerraformDependable[];
  readonly provisioners: LocalExecProvisioner[];
}

/**
 * Something that Terraform runs once. As cdktf's `DataResource`, which asks the `terraform` of this machine for its version each time that
 * one is synthesized, and refuses to synthesize where there is none.
 */
export class TerraformData extends TerraformResource {
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TerraformDataProps,
  ) {
    super(scope, id, {
      terraformResourceType: 'terraform_data',
      terraformGeneratorMetadata: { providerName: 'terraform' },
      dependsOn: props.dependsOn,
      provisioners: props.provisioners,
    });
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { input: this.props.input, triggers_replace: this.props.triggersReplace };
  }
}
