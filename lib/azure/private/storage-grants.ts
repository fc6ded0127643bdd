import type { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import type { IPrincipal } from '../resource-group';
import { assignOwnRole, assignRole, ownRole } from './role';

const CONTAINER = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const BLOBS = `${CONTAINER}/blobs`;
const READ = `${BLOBS}/read`;
const CHANGES = ['write', 'delete', 'add/action', 'move/action'].map((action) => `${BLOBS}/${action}`);

/** What grants on a container need to know of it. */
export interface Container {
  readonly containerId: string;
  /** Id of the resource group that the account is in. */
  readonly resourceGroupId: string;
}

/**
 * Roles on a container, for all of it or for folders.
 *
 * Azure refuses to assign the same role to the same principal twice, even under another condition: folders that are granted one by one end up
 * in the condition of one assignment.
 */
export class ContainerRoles {
  private folderWriter: RoleDefinition | undefined;
  private readonly readers = new Map<string, string[]>();
  private readonly writers = new Map<string, string[]>();

  public constructor(
    private readonly scope: Construct,
    private readonly container: () => Container,
  ) {}

  public read(id: string, grantee: IPrincipal, prefix: string | undefined): void {
    const role = 'Storage Blob Data Reader';
    const { containerId } = this.container();
    if (prefix === undefined) {
      assignRole(this.scope, id, role, containerId, grantee);
      return;
    }
    const condition = conditionFor(this.readers, grantee, prefix, readIn);
    if (condition !== undefined) assignRole(this.scope, id, role, containerId, grantee, condition);
  }

  public write(id: string, grantee: IPrincipal, prefix: string | undefined): void {
    const { containerId } = this.container();
    if (prefix === undefined) {
      assignRole(this.scope, id, 'Storage Blob Data Contributor', containerId, grantee);
      return;
    }
    const condition = conditionFor(this.writers, grantee, prefix, (paths) => `${readIn(paths)} AND ${changeIn(paths)}`);
    if (condition !== undefined) assignOwnRole(this.scope, id, this.writer(), containerId, grantee, condition);
  }

  /** Without the built-in role's permission to delete the container itself, which no condition can take away. */
  private writer(): RoleDefinition {
    this.folderWriter ??= ownRole(this.scope, 'FolderWriterRole', {
      resourceGroupId: this.container().resourceGroupId,
      description: 'Reads and writes blobs; assigned with a condition that names folders',
      actions: [`${CONTAINER}/read`],
      dataActions: [READ, ...CHANGES],
    });
    return this.folderWriter;
  }
}

/** The condition of a first grant; nothing where one that was made before takes the folder in. */
function conditionFor(
  granted: Map<string, string[]>,
  { principalId }: IPrincipal,
  prefix: string,
  condition: (paths: readonly string[]) => string,
): string | undefined {
  const folders = granted.get(principalId);
  if (folders) {
    if (!folders.includes(folder(prefix))) folders.push(folder(prefix));
    return undefined;
  }
  const first = [folder(prefix)];
  granted.set(principalId, first);
  return Lazy.stringValue({ produce: () => condition([...first].sort()) });
}

/** `models` and `/models/` as `models/`, so that `models-old` is not meant too. */
function folder(prefix: string): string {
  return `${prefix.replace(/^\/+|\/+$/g, '').replace(/'/g, "''")}/`;
}

/** Reads blobs of the folders, and lists within them. https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-examples */
function readIn(paths: readonly string[]): string {
  const list = "SubOperationMatches{'Blob.List'}";
  return (
    `((!(ActionMatches{'${READ}'} AND NOT ${list})) OR ${starts(`@Resource[${BLOBS}:path]`, paths)}) AND ` +
    `((!(ActionMatches{'${READ}'} AND ${list})) OR ${starts(`@Request[${BLOBS}:prefix]`, paths)})`
  );
}

function changeIn(paths: readonly string[]): string {
  const none = CHANGES.map((action) => `!(ActionMatches{'${action}'})`).join(' AND ');
  return `((${none}) OR ${starts(`@Resource[${BLOBS}:path]`, paths)})`;
}

function starts(attribute: string, paths: readonly string[]): string {
  return `(${paths.map((path) => `${attribute} StringStartsWith '${path}'`).join(' OR ')})`;
}
