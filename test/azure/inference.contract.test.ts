import { AppServiceInference } from '../../lib/azure/inference';
import { ContainerImage } from '../../lib/core';
import { inferenceContract } from '../contract/inference';
import { Rendered } from '../contract/room';
import { Body, FakeGroup, FakeNetwork, FakeRegistry, ROOM } from './helper';

const app = (r: Rendered) => r.resources.find((x) => x.type === 'azurerm_linux_web_app')!.body as Body;

inferenceContract({
  ...ROOM,
  className: 'azure.AppServiceInference',
  image: ContainerImage.fromReference('ghcr.io/acme/housing:1.4'),
  make: (stack, id, props) =>
    new AppServiceInference(stack, id, {
      resourceGroup: new FakeGroup(stack, `${id}Group`),
      network: new FakeNetwork(stack, `${id}Network`),
      registry: new FakeRegistry(stack, `${id}Registry`),
      entraClientId: '11111111-1111-1111-1111-111111111111',
      ...props,
    }),
  env: (r) => app(r).app_settings,
  openToAnybody: (r) => app(r).public_network_access_enabled !== false && !app(r).auth_settings_v2?.require_authentication,
  onTheInternet: (r) => app(r).public_network_access_enabled !== false,
});
