import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Aspects, AssetType, ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { ContainerImage, copyImage, directoryTag } from '../../core/image';
import { kebab } from '../../core/naming';
import { IImageRegistry } from '../registry';
import { ImageBuilder } from './image-builder';
import { enableServices } from './services';
import { TerraformData } from './terraform-data';

/** Where Cloud Build runs. */
export interface BuildLocation {
  readonly project: string;
  readonly region: string;
}

/** An image that a resource names, and what has to exist before it does. */
export interface ResolvedImage {
  readonly reference: string;
  readonly dependsOn: ITerraformDependable[];
}

// Values come in by the environment, so that nothing in them is read as shell or as a Terraform expression.
// Permissions that were granted a moment ago take a minute or two to work everywhere.
const BUILD = `set -eu
signed_in() {
  command -v gcloud >/dev/null 2>&1 || return 1
  [ -n "$(printenv CLOUDSDK_AUTH_ACCESS_TOKEN || gcloud auth list --filter status:ACTIVE --format 'value(account)' 2>/dev/null)" ]
}
if [ -n "$(printenv MLOPS_SKIP_IMAGE_BUILD || true)" ] || ! signed_in; then
  echo "WARNING: image $IMAGE was NOT built (no gcloud that is signed in, or MLOPS_SKIP_IMAGE_BUILD is set). Build it before it is used:" >&2
  echo "  (cd $(pwd) && gcloud builds submit $SOURCE --tag $IMAGE --project $PROJECT --region $REGION)" >&2
  exit 0
fi
if gcloud artifacts docker images describe "$IMAGE" --project "$PROJECT" >/dev/null 2>&1; then
  echo "$IMAGE exists already"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s' "$BUILD_CONFIG" >"$work/build.json"
for wait in 30 60 90 0; do
  if gcloud builds submit "$SOURCE" --config "$work/build.json" --gcs-source-staging-dir "$STAGING" --project "$PROJECT" --region "$REGION" >"$work/log" 2>&1; then
    cat "$work/log"
    exit 0
  fi
  cat "$work/log" >&2
  if [ "$wait" = 0 ] || ! grep -qi 'permission' "$work/log"; then exit 1; fi
  sleep "$wait"
done
`;

/**
 * The reference of an image. One that is given as a directory is built by Cloud Build during `terraform apply`, and pushed to the registry
 * under a tag that follows the directory's content, so that it is built again when, and only when, a file of it changes.
 */
export function imageReference(
  scope: Construct,
  id: string,
  image: ContainerImage,
  registry: IImageRegistry | undefined,
  where: BuildLocation,
): ResolvedImage {
  if (image.directory === undefined) return { reference: registry?.throughCache(image.reference!) ?? image.reference!, dependsOn: [] };
  const tag = directoryTag(image.directory);
  const reference = `${registry!.repositoryUrl}/${kebab(scope.node.id) || 'image'}:${tag}`;
  const source = stagedAsset(scope, `${id}Source`, image.directory, tag);
  const { project, region } = where;
  const builder = ImageBuilder.of(scope, project, region);
  const build = new TerraformData(scope, id, {
    triggersReplace: { image: reference },
    dependsOn: [...enableServices(scope, project, 'cloudbuild', 'artifactregistry'), ...builder.pushTo(registry!)],
    provisioners: [
      {
        type: 'local-exec',
        interpreter: ['sh', '-c'],
        command: BUILD,
        environment: {
          IMAGE: reference,
          SOURCE: source.path,
          STAGING: builder.sourceUri,
          PROJECT: project,
          REGION: region,
          BUILD_CONFIG: JSON.stringify({
            steps: [{ name: 'gcr.io/cloud-builders/docker', args: ['build', '--tag', reference, '.'] }],
            images: [reference],
            serviceAccount: `projects/${project}/serviceAccounts/${builder.account.email}`,
            options: { logging: 'CLOUD_LOGGING_ONLY' },
          }),
        },
      },
    ],
  });
  return { reference, dependsOn: [build] };
}

/**
 * An asset of what belongs to an image and nothing else; cdktf alone would take the whole directory, virtual environments and all.
 * The copy that it is made from exists only while the stack is written.
 */
function stagedAsset(scope: Construct, id: string, directory: string, tag: string): TerraformAsset {
  const copy = mkdtempSync(join(tmpdir(), 'mlops-image-'));
  const asset = new TerraformAsset(scope, id, { path: copy, type: AssetType.DIRECTORY, assetHash: tag });
  remove(copy);
  // Aspects run before assets are written, and not at all where nothing is.
  Aspects.of(asset).add({
    visit: () => {
      copyImage(directory, copy);
      // Without one gcloud leaves out what .gitignore names, such as a model that is built into the image.
      const ignore = join(copy, '.gcloudignore');
      if (!existsSync(ignore)) writeFileSync(ignore, '');
      removeLater(copy);
    },
  });
  return asset;
}

const leftOver = new Set<string>();

/** Synthesis is synchronous: what is to be done later happens after it. */
function removeLater(directory: string): void {
  if (!leftOver.size) process.once('exit', () => leftOver.forEach(remove));
  leftOver.add(directory);
  setImmediate(() => {
    remove(directory);
    leftOver.delete(directory);
  });
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
