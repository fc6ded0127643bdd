import { AssetType, ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { ContainerImage, copyImage, directoryTag } from '../../core/image';
import { kebab } from '../../core/naming';
import { IImageRegistry } from '../registry';
import { resourcesOf } from './dependencies';
import { stagingFolder } from './staging';
import { TerraformData } from './terraform-data';

/** An image that a resource names, and what has to exist before it does. */
export interface ResolvedImage {
  /** Full reference, as a container runtime pulls it. */
  readonly reference: string;
  /** Repository in the registry and tag, where the image is built from a directory: `inference-predict:1f2e...`. */
  readonly repositoryAndTag?: string;
  /** What has to be done before the image can be pulled. */
  readonly dependsOn: ITerraformDependable[];
}

// Values come in by the environment, so that nothing in them is read as shell or as a Terraform expression.
const BUILD = `set -e
build="az acr build --registry $REGISTRY --image $IMAGE $SOURCE"
if [ -n "$MLOPS_SKIP_IMAGE_BUILD" ] || ! command -v az >/dev/null 2>&1; then
  echo "WARNING: image $IMAGE was NOT built (az is missing, or MLOPS_SKIP_IMAGE_BUILD is set). Build it before it is used:" >&2
  echo "  (cd $(pwd) && $build)" >&2
  exit 0
fi
if az acr manifest show-metadata --registry "$REGISTRY" --name "$IMAGE" >/dev/null 2>&1; then
  echo "$IMAGE exists already"
  exit 0
fi
pool=""
if [ -n "$AGENT_POOL" ]; then
  # Machines of the pool are paid for by the minute: one is started for this build.
  az acr agentpool update --registry "$REGISTRY" --name "$AGENT_POOL" --count 1 --output none
  pool="--agent-pool $AGENT_POOL"
fi
status=0
az acr build --registry "$REGISTRY" --image "$IMAGE" $pool "$SOURCE" || status=$?
if [ -n "$AGENT_POOL" ]; then
  az acr agentpool update --registry "$REGISTRY" --name "$AGENT_POOL" --count 0 --output none
fi
if [ $status -eq 0 ] && [ -n "$LOCK" ]; then
  az acr repository update --name "$REGISTRY" --image "$IMAGE" --write-enabled false --output none
fi
exit $status
`;

/**
 * The reference of an image. One that is given as a directory is built by ACR Tasks during `terraform apply`, and pushed to the registry
 * under a tag that follows the directory's content, so that it is built again when, and only when, a file of it changes.
 *
 * @param scope the construct whose image it is; its id names the repository
 * @param id construct id of the build, `Image` for a construct with one image
 */
export function imageReference(scope: Construct, id: string, image: ContainerImage, registry: IImageRegistry | undefined): ResolvedImage {
  if (image.directory === undefined) return { reference: image.reference!, dependsOn: [] };
  const tag = directoryTag(image.directory);
  const repositoryAndTag = `${imageName(scope)}:${tag}`;
  const reference = `${registry!.loginServer}/${repositoryAndTag}`;
  const source = new TerraformAsset(scope, `${id}Source`, {
    path: staged(image.directory),
    type: AssetType.DIRECTORY,
    assetHash: tag,
  });
  const build = new TerraformData(scope, id, {
    triggersReplace: { image: reference },
    dependsOn: [...resourcesOf(registry!), ...previousBuild(registry!)],
    provisioners: [
      {
        type: 'local-exec',
        interpreter: ['sh', '-c'],
        command: BUILD,
        environment: {
          REGISTRY: registry!.registryName,
          IMAGE: repositoryAndTag,
          SOURCE: source.path,
          AGENT_POOL: registry!.buildAgentPoolName ?? '',
          ...(registry!.immutableTags ? { LOCK: 'true' } : {}),
        },
      },
    ],
  });
  lastBuild.set(registry!, build);
  return { reference, repositoryAndTag, dependsOn: [build] };
}

const lastBuild = new WeakMap<IImageRegistry, TerraformData>();

/** Builds on an agent pool take turns: each starts the machine and stops it again. */
function previousBuild(registry: IImageRegistry): ITerraformDependable[] {
  const previous = registry.buildAgentPoolName === undefined ? undefined : lastBuild.get(registry);
  return previous ? [previous] : [];
}

/** Name of a construct's image in the registry: `InferencePredict` is `inference-predict`. */
export function imageName(scope: Construct): string {
  return kebab(scope.node.id) || 'image';
}

function staged(directory: string): string {
  const copy = stagingFolder();
  copyImage(directory, copy);
  return copy;
}
