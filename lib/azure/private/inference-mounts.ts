import { SubscriptionTemplateDeployment } from '@cdktf/provider-azurerm/lib/subscription-template-deployment';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { FileSystemKind } from '../../core';
import { Checks } from '../../core/errors';
import type { ISharedFileSystem } from '../file-system';
import type { INetwork } from '../network';
import type { IResourceGroup } from '../resource-group';
import { SUPPORT } from '../support';
import { readyNetwork, resourcesOf } from './dependencies';
import { localName } from './name';

/** File systems by the path that they are mounted at. */
export type Mounts = { readonly [path: string]: ISharedFileSystem };

/** Most that an app mounts. https://learn.microsoft.com/azure/app-service/configure-connect-to-azure-storage?pivots=container-linux#limitations */
const MOST = 5;

/** Checks what a web app is to mount. */
export function checkSiteMounts(checks: Checks, props: { readonly mounts?: Mounts; readonly network?: INetwork }): void {
  const mounts = Object.entries(props.mounts ?? {});
  for (const [path, fileSystem] of mounts) {
    checks.require(
      /^\/[\w.-]+(\/[\w.-]+)*$/.test(path) && !/^\/(home|tmp)(\/|$)/.test(path),
      'syntax',
      'mounts',
      path,
      'App Service mounts at an absolute path that is not in /home or /tmp',
      'write a path such as /mnt/scratch',
    );
    if (fileSystem.kind === FileSystemKind.PARALLEL)
      checks.refuse(
        'unsupported',
        'mounts',
        path,
        SUPPORT['inference.mounts.parallel'].reason!,
        'mount a file system of kind posix, or leave it out on Azure',
      );
  }
  checks.require(
    mounts.length <= MOST,
    'limit',
    'mounts',
    mounts.length,
    `App Service mounts ${MOST} file systems at most`,
    `write ${MOST} or fewer`,
  );
  checks.require(
    mounts.length === 0 || props.network !== undefined,
    'missing',
    'network',
    undefined,
    'file systems are reached through a network only',
    'write network: and the network of the file system',
  );
}

/** A web app, or a slot of one, that mounts file systems. */
export interface MountingSite {
  readonly resourceGroup: IResourceGroup;
  readonly network: INetwork;
  readonly mounts: Mounts;
  /** Name of the app. */
  readonly siteName: string;
  /** Name of the slot, if it is one. */
  readonly slotName?: string;
  readonly dependsOn: ITerraformDependable[];
}

/**
 * Tells App Service what to mount over NFS, which azurerm has no words for: its own block mounts over SMB, by a key that would be in the state.
 *
 * At the subscription, because what a deployment there has made is left alone when it goes: the list of mounts is part of the app, and Azure
 * does not let it be deleted.
 */
export function mountFileSystems(scope: Construct, id: string, site: MountingSite): void {
  const holder = new Construct(scope, id);
  const slot = site.slotName === undefined ? '' : '/slots';
  const resource = {
    type: `Microsoft.Web/sites${slot}/config`,
    apiVersion: '2023-12-01',
    name: [site.siteName, site.slotName, 'azurestorageaccounts'].filter(Boolean).join('/'),
    properties: Object.fromEntries(
      Object.entries(site.mounts).map(([mountPath, { storageAccountName, shareName }]) => [
        mountPath.slice(1).replace(/\W+/g, '-'),
        { type: 'AzureFiles', protocol: 'Nfs', accountName: storageAccountName, shareName, mountPath, accessKey: '' },
      ]),
    ),
  };
  new SubscriptionTemplateDeployment(holder, 'Resource', {
    name: localName(holder),
    location: site.resourceGroup.location,
    templateContent: JSON.stringify({
      $schema: 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: [
        {
          type: 'Microsoft.Resources/deployments',
          apiVersion: '2022-09-01',
          name: localName(holder),
          resourceGroup: site.resourceGroup.resourceGroupName,
          properties: {
            mode: 'Incremental',
            template: {
              $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
              contentVersion: '1.0.0.0',
              resources: [resource],
            },
          },
        },
      ],
    }),
    dependsOn: [...site.dependsOn, ...readyNetwork(site.network), ...Object.values(site.mounts).flatMap((f) => resourcesOf(f))],
  });
}
