import { ResourceGroup } from '../../lib/azure/resource-group';
import { problemsOf } from '../contract/room';
import { ROOM, SUBSCRIPTION, synth } from './helper';

test('the name is derived from the path', () => {
  const s = synth((stack) => new ResourceGroup(stack, 'Group', { location: 'westeurope' }));
  expect(s.only('azurerm_resource_group')).toEqual({ name: expect.stringMatching(/^test-group-[0-9a-f]{8}$/), location: 'westeurope' });
});

test('a name can be given, and the subscription makes global names unique', () => {
  let group: ResourceGroup;
  const s = synth((stack) => {
    group = new ResourceGroup(stack, 'Group', { location: 'westeurope', name: 'acme-ml', subscriptionId: SUBSCRIPTION });
  });
  expect(s.only('azurerm_resource_group').name).toBe('acme-ml');
  expect(group!.nameSeed).toBe(SUBSCRIPTION);
});

test.each(['', 'a b', 'ends.', 'x'.repeat(91)])('fails for the name %p', (name) => {
  const [problem] = problemsOf(() => synth((stack) => new ResourceGroup(stack, 'Group', { location: 'westeurope', name })));
  expect(problem).toMatchObject({ code: 'name', prop: 'name', instead: 'write a shorter or plainer name, or leave it out' });
});

test('an existing group creates nothing', () => {
  const s = synth((stack) => {
    const group = ResourceGroup.fromResourceGroupAttributes(stack, 'Group', {
      name: 'ml',
      location: 'westeurope',
      subscriptionId: SUBSCRIPTION,
    });
    expect(group).toMatchObject({
      resourceGroupName: 'ml',
      location: 'westeurope',
      nameSeed: SUBSCRIPTION,
      resourceGroupId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`,
    });
  });
  expect(s.resources).toEqual([]);
});

test('says so when it stands under the other kind of App', () => {
  expect(() => new ResourceGroup(ROOM.wrongRoot(), 'Group', { location: 'westeurope' })).toThrow(
    "azure.ResourceGroup 'wrong/Group': scope: Azure constructs become Terraform, and there is no TerraformStack above this one; " +
      "put it into a TerraformStack (or azure.MlPlatformStack) under an App of 'cdktf'",
  );
});
