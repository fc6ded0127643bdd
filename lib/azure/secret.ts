import { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { TerraformOutput } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { Environment, ISecretBase, SecretBaseProps } from '../core';
import { policyOf } from '../core/environment';
import { Checks, isUnresolved } from '../core/errors';
import { kebab, physicalName } from '../core/naming';
import { parity } from '../core/parity';
import { literal } from '../core/terraform-text';
import { ILogWorkspace } from './logs';
import { INetwork } from './network';
import { globalName } from './private/name';
import { privateEndpoint } from './private/private-endpoint';
import { parseResourceId } from './private/resource-id';
import { assignRole } from './private/role';
import { checksFor } from './private/root';
import { IPrincipal, IResourceGroup } from './resource-group';
import { acknowledge } from './private/acknowledge';

/** A key vault that holds secrets. */
export interface ISecretVault extends IConstruct {
  /** Id of the vault. */
  readonly vaultId: string;
  /** Name of the vault, unique in all of Azure. */
  readonly vaultName: string;
}

/** Props of `SecretVault`. */
export interface SecretVaultProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * Network that reaches it, through a private endpoint.
   *
   * @default - none; then `publicNetworkAccess` has to be said
   */
  readonly network?: INetwork;
  /**
   * Whether it answers on the internet too, to callers that Entra ID knows and that were granted something.
   *
   * @default false
   */
  readonly publicNetworkAccess?: boolean;
  /**
   * Where it is logged who read what.
   *
   * @default - nowhere
   */
  readonly logWorkspace?: ILogWorkspace;
  /**
   * What it is for: chooses whether what is deleted can be purged, for how long it can be restored, and whether the vault can be destroyed.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A key vault that exists already. */
export interface SecretVaultAttributes {
  /** Its id. It has to use roles (Azure RBAC), not access policies. */
  readonly vaultId: string;
}

/**
 * A key vault that is reached from its network only, shared by secrets.
 *
 * Defines a key vault of the standard tier with roles in place of access policies, and a private endpoint to it.
 * What is deleted can be restored for 7 days, in prod for 90, and nobody can purge it there. The name of a deleted vault stays taken for that
 * long: Terraform restores the deleted vault when the same one is made again, and outside prod purges it when it is destroyed.
 *
 * A private endpoint costs about 7 USD a month, 10,000 operations 3 cents.
 *
 * @example
 * const vault = new azure.SecretVault(this, 'Vault', { resourceGroup: group, network });
 *
 * @see https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
 */
export class SecretVault extends Construct implements ISecretVault {
  /** A vault that exists already; nothing is created for it. */
  public static fromSecretVaultAttributes(scope: Construct, id: string, attributes: SecretVaultAttributes): ISecretVault {
    return new ImportedSecretVault(scope, id, attributes);
  }

  public readonly vaultId: string;
  public readonly vaultName: string;

  public constructor(scope: Construct, id: string, props: SecretVaultProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.SecretVault');
    checkReach(checks, props.network, props.publicNetworkAccess);
    checks.done();
    const policy = policyOf(props.environment);
    const { resourceGroup } = props;
    const client = new DataAzurermClientConfig(this, 'Client');
    this.vaultName = globalName(this, resourceGroup, 24);
    const vault = new KeyVault(this, 'Resource', {
      name: this.vaultName,
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
      tenantId: client.tenantId,
      skuName: 'standard',
      rbacAuthorizationEnabled: true,
      purgeProtectionEnabled: policy.deletionProtection,
      softDeleteRetentionDays: policy.deletionProtection ? 90 : 7,
      publicNetworkAccessEnabled: props.publicNetworkAccess ?? false,
      networkAcls: { defaultAction: props.publicNetworkAccess ? 'Allow' : 'Deny', bypass: 'AzureServices' },
      lifecycle: policy.retainData ? { preventDestroy: true } : undefined,
    });
    this.vaultId = vault.id;
    const asked = 'publicNetworkAccess was asked for by name.';
    acknowledge(vault, {
      ...(policy.deletionProtection
        ? {}
        : { 'vault-purge-protection': 'The environment is to be destroyed cleanly, with everything in it.' }),
      ...(props.publicNetworkAccess ? { 'vault-public-network': asked, 'vault-firewall': asked } : {}),
    });
    if (props.network)
      privateEndpoint(this, 'Endpoint', {
        resourceGroup,
        network: props.network,
        resourceId: vault.id,
        subresource: 'vault',
        zones: ['privatelink.vaultcore.azure.net'],
      });
    if (props.logWorkspace)
      new MonitorDiagnosticSetting(this, 'Logs', {
        name: 'access',
        targetResourceId: vault.id,
        logAnalyticsWorkspaceId: props.logWorkspace.workspaceId,
        enabledLog: [{ category: 'AuditEvent' }],
      });
  }
}

class ImportedSecretVault extends Construct implements ISecretVault {
  public readonly vaultId: string;
  public readonly vaultName: string;

  public constructor(scope: Construct, id: string, attributes: SecretVaultAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.SecretVault');
    const vault = parseResourceId(checks, 'vaultId', attributes.vaultId, 'Microsoft.KeyVault/vaults');
    checks.done();
    this.vaultId = vault.id;
    this.vaultName = vault.name;
  }
}

/** A secret in a key vault. */
export interface ISecret extends ISecretBase {
  /** The vault that it is in. */
  readonly vault: ISecretVault;
  /** Its name in the vault. */
  readonly secretName: string;
  /** Where its newest value is read: `https://<vault>.vault.azure.net/secrets/<name>`. */
  readonly secretUri: string;
  /** Permissions on the secret. */
  readonly grants: SecretGrants;
}

/** Permissions on a secret. Each call makes one role assignment on this secret alone. */
export abstract class SecretGrants {
  /**
   * To read its value (`Key Vault Secrets User`).
   *
   * @param id construct id of the role assignment, unique in the secret's scope
   * @param grantee who may read
   */
  public abstract read(id: string, grantee: IPrincipal): void;
  /**
   * To put a value into it (`Key Vault Secrets Officer`).
   *
   * @param id construct id of the role assignment, unique in the secret's scope
   * @param grantee who may put one
   */
  public abstract put(id: string, grantee: IPrincipal): void;
}

/** Props of `Secret`. */
export interface SecretProps extends SecretBaseProps {
  /** Where a vault of its own is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * Vault to share with other secrets.
   *
   * @default - a vault of its own
   */
  readonly vault?: ISecretVault;
  /**
   * Network that reaches a vault of its own, through a private endpoint.
   *
   * @default - none; then `vault` or `publicNetworkAccess` has to be said
   */
  readonly network?: INetwork;
  /**
   * Whether a vault of its own answers on the internet too, to callers that Entra ID knows and that were granted something.
   *
   * @default false
   */
  readonly publicNetworkAccess?: boolean;
  /**
   * Name of the secret in the vault, 1 to 127 letters, digits and dashes.
   *
   * @default - derived from the construct's path
   * @see https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name
   */
  readonly secretName?: string;
}

/** A secret that exists already. */
export interface SecretAttributes {
  /** Id of the key vault that it is in. It has to use roles (Azure RBAC), not access policies. */
  readonly vaultId: string;
  /** Its name in the vault. */
  readonly secretName: string;
}

/**
 * A value that programs get and that no template, state, output or log holds.
 *
 * Defines a place in a key vault, and the vault unless it is shared. The secret itself is not a resource of Terraform: azurerm makes one only
 * with a value, and from within the network. It comes into being when somebody puts its value, by the command that an output tells; until
 * then programs that need it say so and stop, and App Service hands over the unresolved reference.
 *
 * Whoever puts the value needs the role Key Vault Secrets Officer, see `grants.put`, and has to be where the vault is reached.
 *
 * @example
 * const token = new azure.Secret(this, 'Hub', { resourceGroup: group, network, description: 'token of the Hugging Face hub' });
 * token.grants.put('Owner', { principalId: '00000000-0000-0000-0000-000000000000', principalType: 'User' });
 *
 * @see https://learn.microsoft.com/azure/key-vault/general/rbac-guide
 */
export class Secret extends Construct implements ISecret {
  /** A secret that exists already; nothing is created for it. */
  public static fromSecretAttributes(scope: Construct, id: string, attributes: SecretAttributes): ISecret {
    return new ImportedSecret(scope, id, attributes);
  }

  public readonly vault: ISecretVault;
  public readonly secretName: string;
  public readonly secretUri: string;
  public readonly putCommand: string;
  public readonly grants: SecretGrants;

  public constructor(scope: Construct, id: string, props: SecretProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.Secret');
    if (props.vault === undefined) checkReach(checks, props.network, props.publicNetworkAccess);
    this.secretName = props.secretName ?? physicalName(this, { max: 127, separator: '-', prefix: kebab(id) });
    checkName(checks, this.secretName);
    checks.done();
    const { resourceGroup, network, publicNetworkAccess, environment } = props;
    const own = props.vault === undefined;
    this.vault = props.vault ?? new SecretVault(this, 'Vault', { resourceGroup, network, publicNetworkAccess, environment });
    if (own) this.node.defaultChild = this.vault.node.defaultChild;
    this.secretUri = secretUri(this.vault, this.secretName);
    this.putCommand = putCommand(this.vault, this.secretName, props.description);
    this.grants = new Grants(this, this.vault, this.secretName);
    parity.mapped(this, 'azure', '', `secret ${this.secretName} of a key vault, there once somebody has put its value`);
    new TerraformOutput(this, 'PutCommand', {
      description: literal(
        `Puts the value${props.description === undefined ? '' : ` (${props.description})`}, which it reads from standard input, such as ` +
          'printf %s "$VALUE" | COMMAND; run it where the vault is reached, and restart what reads it',
      ),
      value: this.putCommand,
    });
  }
}

class ImportedSecret extends Construct implements ISecret {
  public readonly vault: ISecretVault;
  public readonly secretName: string;
  public readonly secretUri: string;
  public readonly putCommand: string;
  public readonly grants: SecretGrants;

  public constructor(scope: Construct, id: string, attributes: SecretAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.Secret');
    checkName(checks, attributes.secretName);
    const vault = checks.collect(() => SecretVault.fromSecretVaultAttributes(this, 'Vault', { vaultId: attributes.vaultId }));
    checks.done();
    this.vault = vault!;
    this.secretName = attributes.secretName;
    this.secretUri = secretUri(this.vault, this.secretName);
    this.putCommand = putCommand(this.vault, this.secretName, undefined);
    this.grants = new Grants(this, this.vault, this.secretName);
  }
}

class Grants extends SecretGrants {
  public constructor(
    private readonly scope: Construct,
    private readonly vault: ISecretVault,
    private readonly secretName: string,
  ) {
    super();
  }

  public read(id: string, grantee: IPrincipal): void {
    this.assign(id, 'Key Vault Secrets User', grantee);
  }

  public put(id: string, grantee: IPrincipal): void {
    this.assign(id, 'Key Vault Secrets Officer', grantee);
  }

  /** On a secret that need not be there yet: Azure keeps assignments by the path. */
  private assign(id: string, role: string, grantee: IPrincipal): void {
    assignRole(this.scope, id, role, `${this.vault.vaultId}/secrets/${this.secretName}`, grantee);
  }
}

function secretUri(vault: ISecretVault, name: string): string {
  return `https://${vault.vaultName}.vault.azure.net/secrets/${name}`;
}

/** https://learn.microsoft.com/cli/azure/keyvault/secret#az-keyvault-secret-set */
function putCommand(vault: ISecretVault, name: string, description: string | undefined): string {
  const said = description === undefined ? '' : ` --description '${description.replace(/'/g, `'\\''`)}'`;
  return literal(
    `az keyvault secret set --vault-name ${vault.vaultName} --name ${name}${said} --file /dev/stdin --encoding utf-8 --output none`,
  );
}

function checkReach(checks: Checks, network: INetwork | undefined, publicNetworkAccess: boolean | undefined): void {
  checks.require(
    network !== undefined || publicNetworkAccess === true,
    'missing',
    'network',
    undefined,
    'nobody could reach the vault',
    'write network:, or publicNetworkAccess: true to reach it over the internet',
  );
}

function checkName(checks: Checks, name: string): void {
  checks.require(
    isUnresolved(name) || /^[A-Za-z0-9-]{1,127}$/.test(name),
    'name',
    'secretName',
    name,
    'a secret is named by 1 to 127 letters, digits and dashes',
    'write a name such as hugging-face-token',
  );
}
