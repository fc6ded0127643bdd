import { ITerraformDependable, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import { DnsManagedZone } from '@cdktf/provider-google/lib/dns-managed-zone';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { policyOf } from '../../core/environment';
import { literal } from '../../core/terraform-text';
import { TRACKING_SERVER } from '../../core/tracking-server';
import { nameIn } from '../private/names';
import { enableServices } from '../private/services';
import { ResolvedServer } from './checks';
import { FRONT_COMMAND, FRONT_CONFIG, FRONT_PORT, REQUEST_SECONDS } from './front';
import { ExperimentTrackingProps } from './props';
import { acknowledge } from '../private/acknowledge';

/** What the server's containers are made of. */
export interface ServerParts {
  readonly image: string;
  readonly frontImage: string;
  readonly serviceAccountEmail: string;
  /** Environment of the server, which answers for this host. */
  environment(host: string): { readonly [name: string]: string };
  readonly dependsOn: ITerraformDependable[];
}

/** Addresses of Google's services that a network reaches without the internet: private.googleapis.com. */
const PRIVATE_ADDRESSES = ['199.36.153.8', '199.36.153.9', '199.36.153.10', '199.36.153.11'];
/** Requests that one server works on at a time. */
const CONCURRENCY = 40;
const PROBE_SECONDS = 10;
/** The longest that Cloud Run lets a container start for, migration included. */
const START_SECONDS = 240;
/** What nginx gets by with. */
const FRONT_SIZE = { cpu: '500m', memory: '256Mi' };

/**
 * The Cloud Run service of a tracking server, with nginx before the server, and its name in the network.
 *
 * Cloud Run counts a request as internal that comes in through the network. Machines with private Google access come that way by themselves;
 * services on Cloud Run that send only private addresses through the network (the default) do if the name stands for such an address there.
 *
 * @see https://cloud.google.com/run/docs/securing/private-networking#from-other-services
 */
export class Server extends Construct {
  public readonly host: string;
  public readonly serviceName: string;

  public constructor(scope: Construct, id: string, props: ExperimentTrackingProps, d: ResolvedServer, parts: ServerParts) {
    super(scope, id);
    const { project, region, network, environment } = props;
    const apis = enableServices(this, project, 'run');
    const { number } = new DataGoogleProject(this, 'Project', { projectId: project });
    const name = nameIn(scope, project, { max: 40 });
    // Known before the service is there, so that the service can be told.
    const host = (service: string): string => `${service}-${number}.${region}.run.app`;
    const probe = { httpGet: { path: TRACKING_SERVER.healthPath, port: TRACKING_SERVER.port }, timeoutSeconds: 5 };
    if (!policyOf(environment).deletionProtection)
      acknowledge(this, { 'run-deletion-protection': 'The environment is to be destroyed cleanly, with everything in it.' });
    const service = new CloudRunV2Service(this, 'Resource', {
      project,
      location: region,
      name,
      description: `MLflow for ${scope.node.path}`,
      ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
      customAudiences: [`https://${host(name)}`],
      deletionProtection: policyOf(environment).deletionProtection,
      template: {
        serviceAccount: parts.serviceAccountEmail,
        timeout: `${REQUEST_SECONDS}s`,
        maxInstanceRequestConcurrency: CONCURRENCY,
        executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
        scaling: { minInstanceCount: d.minInstances, maxInstanceCount: d.maxInstances },
        vpcAccess: {
          egress: 'PRIVATE_RANGES_ONLY',
          networkInterfaces: [{ network: network.networkId, subnetwork: network.subnetworkId }],
        },
        containers: [
          {
            name: 'front',
            image: parts.frontImage,
            command: FRONT_COMMAND.slice(0, 1),
            args: FRONT_COMMAND.slice(1).map(literal),
            ports: { name: 'h2c', containerPort: FRONT_PORT },
            dependsOn: ['mlflow'],
            env: [{ name: 'FRONT_CONFIG', value: literal(FRONT_CONFIG) }],
            resources: { limits: FRONT_SIZE, cpuIdle: true },
            startupProbe: { tcpSocket: { port: FRONT_PORT }, periodSeconds: 5, failureThreshold: 12, timeoutSeconds: 1 },
          },
          {
            name: 'mlflow',
            image: parts.image,
            command: TRACKING_SERVER.command.slice(0, 1),
            args: TRACKING_SERVER.command.slice(1),
            env: Object.entries(parts.environment(host(name))).map(([variable, value]) => ({ name: variable, value })),
            resources: {
              limits: { cpu: String(d.cpu), memory: `${d.memory.toMebibytes()}Mi` },
              cpuIdle: true,
              startupCpuBoost: true,
            },
            startupProbe: { ...probe, periodSeconds: PROBE_SECONDS, failureThreshold: START_SECONDS / PROBE_SECONDS },
            livenessProbe: { ...probe, periodSeconds: 30, failureThreshold: 3 },
          },
        ],
      },
      traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }],
      timeouts: { create: '30m', update: '30m' },
      dependsOn: [...apis, ...parts.dependsOn],
    });
    this.serviceName = service.name;
    this.host = host(service.name);
    this.nameInNetwork(props, name, this.host);
  }

  /** Only this name: others of Cloud Run are looked up as before. */
  private nameInNetwork({ project, network }: ExperimentTrackingProps, name: string, host: string): TerraformResource {
    const zone = new DnsManagedZone(this, 'Zone', {
      project,
      name,
      dnsName: `${host}.`,
      description: 'The tracking server, reached without the internet',
      visibility: 'private',
      privateVisibilityConfig: { networks: [{ networkUrl: network.networkId }] },
      dependsOn: enableServices(this, project, 'dns'),
    });
    return new DnsRecordSet(this, 'Addresses', {
      project,
      managedZone: zone.name,
      name: zone.dnsName,
      type: 'A',
      ttl: 300,
      rrdatas: PRIVATE_ADDRESSES,
    });
  }
}
