import { ContainerRegistryCacheRule } from '@cdktf/provider-azurerm/lib/container-registry-cache-rule';
import { ContainerRegistryCredentialSet } from '@cdktf/provider-azurerm/lib/container-registry-credential-set';
import { Construct } from 'constructs';
import { Checks, oneOf } from '../../core/errors';
import type { DockerHubCredentials } from '../registry';
import { parseResourceId, ResourceId } from './resource-id';
import { assignRole } from './role';

const DOCKER_HUB = 'docker.io';
/** Registries that ACR caches without a login. https://learn.microsoft.com/azure/container-registry/artifact-cache-overview#upstream-support */
const OPEN = ['quay.io', 'public.ecr.aws', 'ghcr.io', 'registry.k8s.io', 'mcr.microsoft.com'];

/** What is cached, and how to log in where that is needed. */
export interface Cached {
  readonly registries: readonly string[];
  readonly dockerHub: (DockerHubCredentials & { readonly vault: ResourceId }) | undefined;
}

/** Checks which public registries are to be cached. */
export function checkCache(checks: Checks, registries: readonly string[], dockerHub: DockerHubCredentials | undefined): Cached {
  for (const [i, registry] of registries.entries()) {
    checks.require(
      registry === DOCKER_HUB || OPEN.includes(registry),
      'choice',
      `pullThrough.${i}`,
      registry,
      'ACR caches no registry of this name',
      `write ${oneOf([...OPEN, DOCKER_HUB])}`,
    );
    checks.require(
      !registries.slice(0, i).includes(registry),
      'conflict',
      `pullThrough.${i}`,
      registry,
      'it is named twice',
      'write each once',
    );
  }
  if (registries.includes(DOCKER_HUB) && !dockerHub)
    checks.refuse(
      'missing',
      'pullThrough',
      DOCKER_HUB,
      'ACR caches Docker Hub for those who log in there only',
      'leave docker.io out, or give dockerHub: to an ImageRegistry of your own and name it as targets.azure.existing.containerRegistryId',
    );
  const vault = dockerHub && parseResourceId(checks, 'dockerHub.keyVaultId', dockerHub.keyVaultId, 'Microsoft.KeyVault/vaults');
  return { registries, dockerHub: dockerHub && vault && { ...dockerHub, vault } };
}

/** A rule for each registry: `<login server>/quay.io/a/b` is `quay.io/a/b`, kept from the first pull on. */
export function cacheRules(scope: Construct, registryId: string, cached: Cached): void {
  for (const registry of cached.registries) {
    const name = registry.replace(/\./g, '-');
    new ContainerRegistryCacheRule(scope, `Cache-${name}`, {
      name,
      containerRegistryId: registryId,
      sourceRepo: `${registry}/*`,
      targetRepo: `${registry}/*`,
      credentialSetId: registry === DOCKER_HUB ? credentials(scope, registryId, cached) : undefined,
    });
  }
}

function credentials(scope: Construct, registryId: string, { dockerHub }: Cached): string {
  const { vault, usernameSecret, passwordSecret } = dockerHub!;
  const holder = new Construct(scope, 'DockerHub');
  const uri = (name: string): string => `https://${vault.name}.vault.azure.net/secrets/${name}`;
  const set = new ContainerRegistryCredentialSet(holder, 'Resource', {
    name: 'docker-hub',
    containerRegistryId: registryId,
    loginServer: DOCKER_HUB,
    identity: { type: 'SystemAssigned' },
    authenticationCredentials: { usernameSecretId: uri(usernameSecret), passwordSecretId: uri(passwordSecret) },
  });
  for (const [id, secret] of [
    ['ReadUsername', usernameSecret],
    ['ReadPassword', passwordSecret],
  ])
    assignRole(holder, id, 'Key Vault Secrets User', `${vault.id}/secrets/${secret}`, {
      principalId: set.identity.principalId,
      principalType: 'ServicePrincipal',
    });
  return set.id;
}
