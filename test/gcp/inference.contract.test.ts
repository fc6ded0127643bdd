import { ContainerImage } from '../../lib/core';
import { CloudRunInference } from '../../lib/gcp/inference';
import { inferenceContract } from '../contract/inference';
import { Rendered } from '../contract/room';
import { FakeNetwork, FakeRegistry, Json, PLACE, ROOM } from './helper';

const service = (r: Rendered) => r.resources.find((x) => x.type === 'google_cloud_run_v2_service')!.body as Json;
const invokers = (r: Rendered) =>
  r.resources.filter((x) => x.type === 'google_cloud_run_v2_service_iam_member').map((x) => (x.body as Json).member);

inferenceContract({
  ...ROOM,
  className: 'gcp.CloudRunInference',
  image: ContainerImage.fromReference('europe-west4-docker.pkg.dev/acme-ml-dev/images/app:1.4'),
  make: (stack, id, props) =>
    new CloudRunInference(stack, id, {
      ...PLACE,
      network: new FakeNetwork(stack, `${id}Network`),
      registry: new FakeRegistry(stack, `${id}Registry`),
      ...props,
    }),
  env: (r) => Object.fromEntries(service(r).template.containers[0].env.map((e: Json) => [e.name, e.value])),
  openToAnybody: (r) => service(r).ingress !== 'INGRESS_TRAFFIC_INTERNAL_ONLY' && invokers(r).includes('allUsers'),
  onTheInternet: (r) => service(r).ingress === 'INGRESS_TRAFFIC_ALL',
});
