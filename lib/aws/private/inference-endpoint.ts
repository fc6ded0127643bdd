import { AccessLogFormat, AuthorizationType, EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import {
  IInterfaceVpcEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { AccountRootPrincipal, AnyPrincipal, Effect, Grant, IGrantable, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import { Duration as CdkDuration, Fn, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Access } from '../../core';
import { physicalName } from '../../core/naming';
import { LambdaEndpoint, LambdaInferenceProps } from '../inference/lambda-props';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import { ENDPOINT_SECONDS, LambdaSettings } from './inference-limits';
import { logGroup } from './logs';
import { privateSubnets } from './vpc';

/** What stands before the function: where callers reach it, what they need, and what it counts. */
export interface Endpoint {
  readonly kind: keyof typeof ENDPOINT_SECONDS;
  /** For people: `private REST API`. */
  readonly title: string;
  readonly url: string;
  /** The service name that SigV4 signs for; nothing where requests need no signature. */
  readonly signedFor: 'lambda' | 'execute-api' | undefined;
  readonly apiEndpoint?: IInterfaceVpcEndpoint;
  grantInvoke(grantee: IGrantable): Grant;
  requests(options?: MetricOptions): Metric;
  errors(options?: MetricOptions): Metric;
  latency(options?: MetricOptions): Metric;
}

/** Makes what access and endpoint ask for. */
export function endpointOf(scope: Construct, alias: Alias, props: LambdaInferenceProps, settings: LambdaSettings): Endpoint {
  if (settings.access === Access.PRIVATE) return privateApi(scope, alias, props, settings);
  return props.endpoint === LambdaEndpoint.HTTP_API
    ? httpApi(scope, alias, props, settings)
    : functionUrl(alias, settings.access === Access.PUBLIC);
}

function privateApi(scope: Construct, alias: Alias, props: LambdaInferenceProps, settings: LambdaSettings): Endpoint {
  const { region, urlSuffix } = Stack.of(scope);
  const signed = props.signedRequests ?? true;
  const apiEndpoint = props.apiEndpoint ?? newApiEndpoint(scope, props);
  const api = new RestApi(scope, 'Api', {
    // Metrics tell APIs apart by name only.
    restApiName: physicalName(scope, { max: 64, separator: '-' }),
    description: `Private access to ${scope.node.path}`,
    endpointConfiguration: { types: [EndpointType.PRIVATE], vpcEndpoints: [apiEndpoint] },
    policy: callersOf(apiEndpoint, signed),
    deployOptions: { stageName: 'live', tracingEnabled: true },
    // It would set a role for the whole account and region.
    cloudWatchRole: false,
    defaultMethodOptions: { authorizationType: signed ? AuthorizationType.IAM : AuthorizationType.NONE },
  });
  // An output with an address at which a private API is not reached.
  api.node.tryRemoveChild('Endpoint');
  const integration = new LambdaIntegration(alias, {
    allowTestInvoke: false,
    timeout: CdkDuration.seconds(Math.min(settings.timeout.toSeconds(), ENDPOINT_SECONDS['private-api'])),
  });
  api.root.addMethod('ANY', integration);
  api.root.addProxy({ defaultIntegration: integration });
  acknowledge(api, {
    APIG1:
      'Access logs of a REST API take a role that is set for the whole account; the service logs each request itself, and X-Ray traces it.',
    APIG2: 'The API passes requests on as they are; the service in the container validates them.',
    APIG3: 'A web ACL guards against the internet; this API is reached from inside the VPC only.',
    APIG6: 'Execution logs take a role that is set for the whole account; the service logs each request itself, and X-Ray traces it.',
    COG4: signed
      ? 'Callers are programs in the VPC that sign with IAM; there are no users to sign in.'
      : 'signedRequests is off: whatever is in the network may call.',
    ...(signed ? {} : { APIG4: 'signedRequests is off: whatever is in the network may call.' }),
  });
  const measure = (name: string, statistic: string) => (options?: MetricOptions) =>
    new Metric({
      namespace: 'AWS/ApiGateway',
      metricName: name,
      dimensionsMap: { ApiName: api.restApiName, Stage: 'live' },
      statistic,
      ...options,
    });
  return {
    kind: 'private-api',
    title: 'private REST API',
    // This name resolves in the VPC whether or not the endpoint has private DNS.
    url: `https://${api.restApiId}-${apiEndpoint.vpcEndpointId}.execute-api.${region}.${urlSuffix}/live`,
    signedFor: signed ? 'execute-api' : undefined,
    apiEndpoint,
    grantInvoke: (grantee) => grantExecuteApi(grantee, api.arnForExecuteApi('*', '/*', 'live')),
    requests: measure('Count', 'Sum'),
    errors: measure('5XXError', 'Sum'),
    latency: measure('Latency', 'p95'),
  };
}

/** Who may call a private API: what comes through the endpoint, and, if signed, has the permission of its own account. */
function callersOf(apiEndpoint: IInterfaceVpcEndpoint, signed: boolean): PolicyDocument {
  const resources = ['execute-api:/*'];
  const elsewhere = { StringNotEquals: { 'aws:SourceVpce': apiEndpoint.vpcEndpointId } };
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        // Naming the account leaves it to IAM in that account who may call; naming everybody would let everybody who signs.
        principals: [signed ? new AccountRootPrincipal() : new AnyPrincipal()],
        actions: ['execute-api:Invoke'],
        resources,
      }),
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['execute-api:Invoke'],
        resources,
        conditions: elsewhere,
      }),
    ],
  });
}

function newApiEndpoint(scope: Construct, props: LambdaInferenceProps): InterfaceVpcEndpoint {
  const vpc = props.vpc!;
  const securityGroup = new SecurityGroup(scope, 'ApiEndpointSecurityGroup', {
    vpc,
    description: 'Callers of private APIs in the network',
    allowAllOutbound: false,
  });
  for (const range of rangesOf(props)) securityGroup.addIngressRule(Peer.ipv4(range), Port.HTTPS, 'HTTPS from the network');
  return new InterfaceVpcEndpoint(scope, 'ApiEndpoint', {
    vpc,
    service: InterfaceVpcEndpointAwsService.APIGATEWAY,
    subnets: { subnets: privateSubnets(vpc, props.vpcSubnets) },
    securityGroups: [securityGroup],
    open: false,
    privateDnsEnabled: false,
  });
}

/** The addresses of the network; of an imported one that does not say, all private ones: nothing else gets to the endpoint anyway. */
function rangesOf(props: LambdaInferenceProps): string[] {
  try {
    return [props.vpc!.vpcCidrBlock];
  } catch {
    return ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];
  }
}

function httpApi(scope: Construct, alias: Alias, props: LambdaInferenceProps, settings: LambdaSettings): Endpoint {
  const open = settings.access === Access.PUBLIC;
  const { region, urlSuffix } = Stack.of(scope);
  const api = new HttpApi(scope, 'Api', {
    apiName: physicalName(scope, { max: 64, separator: '-' }),
    description: `Access to ${scope.node.path}`,
    createDefaultStage: false,
    ...(open ? {} : { defaultAuthorizer: new HttpIamAuthorizer() }),
    defaultIntegration: new HttpLambdaIntegration('Function', alias),
  });
  new HttpStage(scope, 'Stage', {
    httpApi: api,
    autoDeploy: true,
    accessLogSettings: {
      destination: new LogGroupLogDestination(logGroup(scope, 'AccessLogs', props.environment)),
      format: AccessLogFormat.jsonWithStandardFields(),
    },
  });
  if (open) acknowledge(api, { APIG4: 'access: public was asked for by name.' });
  const measure = (name: string, statistic: string) => (options?: MetricOptions) =>
    new Metric({ namespace: 'AWS/ApiGateway', metricName: name, dimensionsMap: { ApiId: api.apiId }, statistic, ...options });
  return {
    kind: 'http-api',
    title: open ? 'public HTTP API' : 'HTTP API with IAM authorization',
    url: `https://${api.apiId}.execute-api.${region}.${urlSuffix}`,
    signedFor: open ? undefined : 'execute-api',
    grantInvoke: (grantee) => grantExecuteApi(grantee, api.arnForExecuteApi('*', '/*', '*')),
    requests: measure('Count', 'Sum'),
    errors: measure('5xx', 'Sum'),
    latency: measure('Latency', 'p95'),
  };
}

function functionUrl(alias: Alias, open: boolean): Endpoint {
  const url = alias.addFunctionUrl({
    authType: open ? FunctionUrlAuthType.NONE : FunctionUrlAuthType.AWS_IAM,
    invokeMode: InvokeMode.BUFFERED,
  });
  const measure = (metricName: string) => (options?: MetricOptions) =>
    new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName: alias.lambda.functionName },
      statistic: 'Sum',
      ...options,
    });
  return {
    kind: 'function-url',
    title: open ? 'public function URL' : 'function URL with IAM authorization',
    // The attribute ends in a slash.
    url: `https://${Fn.select(2, Fn.split('/', url.url))}`,
    signedFor: open ? undefined : 'lambda',
    grantInvoke: (grantee) => url.grantInvokeUrl(grantee),
    requests: measure('UrlRequestCount'),
    errors: measure('Url5xxCount'),
    // UrlRequestLatency has no percentiles; the duration has, and leaves out nothing but the start of a new instance.
    latency: (options) => alias.lambda.metricDuration({ statistic: 'p95', ...options }),
  };
}

function grantExecuteApi(grantee: IGrantable, arn: string): Grant {
  const { grantPrincipal } = grantee;
  if (Construct.isConstruct(grantPrincipal)) acknowledgeWildcards(grantPrincipal, [arn], 'A caller may use every path of the service.');
  return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns: [arn] });
}
