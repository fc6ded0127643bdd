import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join, relative } from 'path';
import { AssetType, DataResource, ITerraformDependable, TerraformAsset, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { Checks } from '../../core/errors';
import { ContainerImage, directoryTag, files } from '../../core/image';
import { IImageRegistry } from '../registry';
import { enableServices } from './services';

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

/** Refuses a directory where there is no registry to push its image to. */
export function checkImage(checks: Checks, image: ContainerImage, registry: IImageRegistry | undefined): void {
  checks.require(
    image.directory === undefined || registry !== undefined,
    'missing',
    'registry',
    undefined,
    'the image is built from a directory, and there is no registry to push it to',
    'write registry: and an ImageRegistry, or give the image by reference',
  );
}

// Values come in by the environment, so that nothing in them is read as shell or as a Terraform expression.
const BUILD = `set -eu
submit="gcloud builds submit $SOURCE --tag $IMAGE --project $PROJECT --region $REGION"
if [ -n "$(printenv MLOPS_SKIP_IMAGE_BUILD || true)" ] || ! command -v gcloud >/dev/null 2>&1; then
  echo "WARNING: image $IMAGE was NOT built (gcloud is missing, or MLOPS_SKIP_IMAGE_BUILD is set). Build it before it is used:" >&2
  echo "  (cd $(pwd) && $submit)" >&2
  exit 0
fi
if gcloud artifacts docker images describe "$IMAGE" --project "$PROJECT" >/dev/null 2>&1; then
  echo "$IMAGE exists already"
  exit 0
fi
gcloud builds submit "$SOURCE" --tag "$IMAGE" --project "$PROJECT" --region "$REGION"
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
  if (image.directory === undefined) return { reference: image.reference!, dependsOn: [] };
  const tag = directoryTag(image.directory);
  const reference = `${registry!.repositoryUrl}/${imageName(scope)}:${tag}`;
  const source = new TerraformAsset(scope, `${id}Source`, {
    path: stage(image.directory),
    type: AssetType.DIRECTORY,
    assetHash: tag,
  });
  const build = new DataResource(scope, id, {
    triggersReplace: { image: reference },
    dependsOn: [...enableServices(scope, where.project, 'cloudbuild', 'artifactregistry'), ...resourcesOf(registry!)],
    provisioners: [
      {
        type: 'local-exec',
        interpreter: ['sh', '-c'],
        command: BUILD,
        environment: { IMAGE: reference, SOURCE: source.path, PROJECT: where.project, REGION: where.region },
      },
    ],
  });
  return { reference, dependsOn: [build] };
}

/** Name of a construct's image within a repository: `InferencePredict` is `inference-predict`. */
export function imageName(scope: Construct): string {
  return (
    scope.node.id
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean)
      .join('-') || 'image'
  );
}

function resourcesOf(registry: IImageRegistry): ITerraformDependable[] {
  const main = registry.node.defaultChild;
  return main && TerraformResource.isTerraformResource(main) ? [main as TerraformResource] : [];
}

const staged: string[] = [];

/** Copies what belongs to an image and nothing else; cdktf takes whole directories, virtual environments and all. */
function stage(directory: string): string {
  if (!staged.length) process.once('exit', () => staged.forEach((d) => rmSync(d, { recursive: true, force: true })));
  const copy = mkdtempSync(join(tmpdir(), 'mlops-image-'));
  staged.push(copy);
  for (const file of files(directory)) {
    const target = join(copy, relative(directory, file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
  // Without one gcloud leaves out what .gitignore names, such as a model that is built into the image.
  const ignore = join(copy, '.gcloudignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '');
  return copy;
}
