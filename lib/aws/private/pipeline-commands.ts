import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { DeploymentCommands } from '../inference/deployable';
import { LIVE_TAG } from './image';

/** Quotes a word for a POSIX shell. */
function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}

/** Runs commands in a folder of the repository, with Python and its package cache. */
export function checkSpec(directory: string, commands: readonly string[], pythonVersion: string): BuildSpec {
  return BuildSpec.fromObject({
    version: '0.2',
    phases: {
      install: { 'runtime-versions': { python: pythonVersion } },
      build: { commands: [`cd ${quote(directory)}`, ...commands] },
    },
    cache: { paths: ['/root/.cache/pip/**/*'] },
  });
}

/**
 * Builds the image of a commit, pushes it under a tag of that commit, and exports its name by digest.
 * A commit that was built before is not built again, which also suits repositories whose tags cannot be moved.
 * Layers of the image before are used again. No attestations: Lambda takes plain images only.
 */
export function buildSpec(directory: string): BuildSpec {
  return BuildSpec.fromObject({
    version: '0.2',
    env: { 'exported-variables': ['IMAGE_URI'] },
    phases: { build: { commands: buildCommands(directory) } },
  });
}

/** What the build does, for a POSIX shell. */
export function buildCommands(directory: string): string[] {
  return [
    'aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}"',
    `cd ${quote(directory)}`,
    BUILD,
    'export IMAGE_URI',
    'echo "Image $IMAGE_URI"',
  ];
}

// In a subshell, so that `set -e` ends it and not the shell that CodeBuild runs all commands in.
const BUILD = `IMAGE_URI=$(
set -eu
tag="$TAG_PREFIX-$COMMIT_ID"
describe() {
  aws ecr describe-images --registry-id "$REGISTRY_ID" --repository-name "$REPOSITORY_NAME" "$@"
}
# Images that the Dockerfile takes from registries; buildx takes them from the cache instead where there is one.
images() {
  sed -nE 's/^[[:space:]]*(FROM[[:space:]]+(--[^[:space:]]+[[:space:]]+)*|(COPY|ADD)[[:space:]].*--from=)([^[:space:]$]+)([[:space:]].*)?$/\\4/p' "$CONTEXT/Dockerfile" | sort -u
}
digest=$(describe --image-ids "imageTag=$tag" --query 'imageDetails[0].imageDigest' --output text 2>/dev/null || true)
if [ -z "$digest" ]; then
  previous=$(describe --query "sort_by(imageDetails[?imageTags[?starts_with(@, '$TAG_PREFIX-')]], &imagePushedAt)[-1].imageTags[0]" --output json | tr -d '"')
  set --
  if [ "\${previous:-null}" != null ]; then set -- --cache-from "type=registry,ref=$REPOSITORY_URI:$previous"; fi
  for pair in \${PULL_THROUGH:-}; do
    registry=\${pair%%=*}
    for image in $(images); do
      case $image in
        "$registry"/*) set -- "$@" --build-context "$image=docker-image://\${pair#*=}/\${image#*/}" ;;
        *.*/* | *:*/* | localhost/*) ;;
        */*) [ "$registry" != docker.io ] || set -- "$@" --build-context "$image=docker-image://\${pair#*=}/$image" ;;
        # Without a tag it may be a stage of the Dockerfile itself.
        *[:@]*) [ "$registry" != docker.io ] || set -- "$@" --build-context "$image=docker-image://\${pair#*=}/library/$image" ;;
      esac
    done
  done
  docker buildx build --platform "$IMAGE_PLATFORM" --provenance=false --sbom=false "$@" --cache-to type=inline --tag "$REPOSITORY_URI:$tag" --push "$CONTEXT" >&2
  digest=$(describe --image-ids "imageTag=$tag" --query 'imageDetails[0].imageDigest' --output text)
fi
echo "$REPOSITORY_URI@$digest"
)`;

/** Runs what the service says puts an image into service, and keeps that image. */
export function deploySpec(deployment: DeploymentCommands): BuildSpec {
  return BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: [...deployment.commands, ...keepCommands] } } });
}

/**
 * Moves a tag to the image in service, so that it is not deleted after many others were built: a service would not start again.
 * The service is deployed at that point, so that nothing fails where the repository does not let tags be moved.
 */
export const keepCommands: string[] = [
  `(
set -eu
tag="${LIVE_TAG}$TAG_PREFIX"
manifest=$(aws ecr batch-get-image --registry-id "$REGISTRY_ID" --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=\${IMAGE_URI##*@}" --query 'images[0].imageManifest' --output text)
if said=$(aws ecr put-image --registry-id "$REGISTRY_ID" --repository-name "$REPOSITORY_NAME" --image-tag "$tag" --image-manifest "$manifest" --query image.imageId.imageTag --output text 2>&1); then
  echo "$IMAGE_URI is tagged $tag"
else
  case $said in *ImageAlreadyExistsException*) ;; *) echo "The image in service could not be tagged $tag: $said" ;; esac
fi
)`,
];
