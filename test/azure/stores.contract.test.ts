import { SharedFileSystem } from '../../lib/azure/file-system';
import { Secret } from '../../lib/azure/secret';
import { ArtifactStore } from '../../lib/azure/storage';
import { fileSystemContract, secretContract, storeContract } from '../contract/stores';
import { Rendered } from '../contract/room';
import { Body, FakeGroup, FakeNetwork, ROOM } from './helper';

const bodies = (r: Rendered, type: string): Body[] => r.resources.filter((x) => x.type === type).map((x) => x.body as Body);
const rules = (r: Rendered): Body[] => bodies(r, 'azurerm_storage_management_policy')[0].rule;

fileSystemContract({
  ...ROOM,
  make: (stack, id, props) =>
    new SharedFileSystem(stack, id, {
      ...props,
      resourceGroup: new FakeGroup(stack, `${id}Group`),
      network: new FakeNetwork(stack, `${id}Network`),
    }),
  keepsData: (r) =>
    [...bodies(r, 'azurerm_storage_share'), ...bodies(r, 'azurerm_managed_lustre_file_system')].every((b) => b.lifecycle?.prevent_destroy),
  publicDoors: (r) => bodies(r, 'azurerm_storage_account').flatMap((b) => (b.public_network_access_enabled === false ? [] : [b.name])),
});

secretContract({
  ...ROOM,
  make: (stack, id, props) =>
    new Secret(stack, id, { ...props, resourceGroup: new FakeGroup(stack, 'Group'), network: new FakeNetwork(stack, 'Network') }),
});

storeContract({
  ...ROOM,
  make: (stack, id, props) =>
    new ArtifactStore(stack, id, { ...props, resourceGroup: new FakeGroup(stack, 'Group'), network: new FakeNetwork(stack, 'Network') }),
  expiryOf: (r, folder) =>
    rules(r).find((rule) => rule.filters.prefix_match.includes(`artifacts/${folder}/`))?.actions.base_blob
      ?.delete_after_days_since_modification_greater_than,
  isVersioned: (r) => bodies(r, 'azurerm_storage_account')[0].blob_properties.versioning_enabled,
});
