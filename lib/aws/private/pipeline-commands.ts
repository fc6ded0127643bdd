import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { DeploymentCommands } from '../inference/deployable';

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
  aws ecr describe-images --registry-id "$REGISTRY_ID" --repository-name "$REPOSITORY_NAME" --output text "$@"
}
digest=$(describe --image-ids "imageTag=$tag" --query 'imageDetails[0].imageDigest' 2>/dev/null || true)
if [ -z "$digest" ]; then
  previous=$(describe --query "sort_by(imageDetails[?imageTags && starts_with(imageTags[0], '$TAG_PREFIX-')], &imagePushedAt)[-1].imageTags[0]")
  set --
  if [ "$previous" != None ]; then set -- --cache-from "type=registry,ref=$REPOSITORY_URI:$previous"; fi
  docker buildx build --platform "$IMAGE_PLATFORM" --provenance=false --sbom=false "$@" --cache-to type=inline --tag "$REPOSITORY_URI:$tag" --push "$CONTEXT" >&2
  digest=$(describe --image-ids "imageTag=$tag" --query 'imageDetails[0].imageDigest')
fi
echo "$REPOSITORY_URI@$digest"
)`;

/** Runs what the service says puts an image into service. */
export function deploySpec(deployment: DeploymentCommands): BuildSpec {
  return BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: [...deployment.commands] } } });
}
