import { App, GcsBackend, LocalBackend, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { Environment, MlPlatformProps } from '../core';
import { ordered } from '../core/ordered';
import { Checks } from '../core/errors';
import { parity } from '../core/parity';
import { needsPreparation } from '../core/preparation';
import { withoutTraces } from '../core/traces';
import { MlPlatform } from './platform';
import { labelsOf, platformTags } from './private/labels';
import { LABEL_REASON } from './support';

/**
 * A Terraform stack that holds one platform and nothing else.
 *
 * Defines the Google provider for the project and region that `targets.gcp` names, with the tags as default labels; where Terraform keeps its
 * state (`targets.gcp.state`: a bucket, with locking; else a file beside the output folder, which suits one person only); and an `MlPlatform`.
 * Synthesis asks no cloud, so that it needs no credentials.
 *
 * @example
 * const app = new cdktf.App();
 * new gcp.MlPlatformStack(app, 'housing-dev-gcp', {
 *   name: 'housing',
 *   targets: { gcp: { project: 'acme-ml-dev', region: 'europe-west4' } },
 *   inference: { predict: { image: 'ghcr.io/acme/housing:1.4' } },
 * });
 */
export class MlPlatformStack extends TerraformStack {
  /** The platform. */
  public readonly platform: MlPlatform;

  public constructor(scope: Construct, id: string, declaration: MlPlatformProps) {
    super(scope, id);
    const props = ordered(declaration);
    parity.declare(this, '');
    const environment = props.environment ?? Environment.DEV;
    const checks = new Checks(this, 'gcp.MlPlatformStack');
    checks.require(
      App.isApp(this.node.root),
      'conflict',
      'scope',
      undefined,
      'there is no App of cdktf above it',
      "write new App() of 'cdktf'",
    );
    const target = props.targets.gcp;
    if (!target)
      checks.refuse(
        'missing',
        'targets.gcp',
        undefined,
        'the platform is not declared for Google Cloud',
        'write targets: { gcp: { project: acme-ml-dev, region: europe-west4 } }',
      );
    const { labels, changed } = labelsOf(checks, platformTags(props));
    if (target) {
      // As a property cdktf would write managed_by for managed-by.
      new GoogleProvider(this, 'Google', { project: target.project, region: target.region }).addOverride('default_labels', labels);
      this.addOverride('terraform.required_version', '>= 1.5.0');
      // From the stack's folder, `cdktf.out/stacks/<stack>`; beside `cdktf.out`, which may be deleted at any time.
      if (!target.state) new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
      else new GcsBackend(this, { bucket: target.state.bucket, prefix: target.state.prefix ?? `${props.name}-${environment}` });
    }
    const platform = target && checks.collect(() => withoutTraces(() => new MlPlatform(this, 'Platform', props)));
    checks.done();
    this.platform = platform!;

    for (const [tag, became] of Object.entries(changed)) parity.approximated(this, 'gcp', `tags.${tag}`, became, LABEL_REASON);
    if (target!.state) parity.mapped(this, 'gcp', 'targets.gcp.state', `state in the bucket ${target!.state.bucket}, with locking`);
    else parity.mapped(this, 'gcp', 'targets.gcp.state', 'state in a file beside the stack, which suits one person only');
  }

  /** Looks for references to other stacks, where there may be any. */
  public prepareStack(): void {
    if (needsPreparation(this, TerraformStack.isStack)) super.prepareStack();
  }
}
