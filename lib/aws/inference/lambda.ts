import { IAlarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { ILambdaDeploymentGroup, LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { IInterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { Grant, IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  DockerImageFunction,
  Function,
  IAlias,
  IFunction,
  LoggingFormat,
  Tracing,
  Version,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnOutput, Duration as CdkDuration, RemovalPolicy, Size as CdkSize, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { thousands } from '../../core/errors';
import { Duration, ImageOwner, Rollout, RolloutStrategy } from '../../core';
import { INFERENCE_DEFAULTS } from '../../core/inference';
import { parity } from '../../core/parity';
import { acknowledgeWildcards } from '../private/acknowledge';
import { DEPLOY_COMMANDS } from '../private/inference-deploy';
import { Endpoint, endpointOf } from '../private/inference-endpoint';
import { functionCode, letLambdaPull } from '../private/inference-image';
import { checkImage, ENDPOINT_SECONDS, LambdaSettings, lambdaSettings, secretVariable, vcpus } from '../private/inference-limits';
import { allAlarms, denyInterfaces, deployStatements, executionRole, shiftRole } from '../private/inference-role';
import { deploymentConfig, rollbackAlarms } from '../private/inference-rollout';
import { mountFileSystem } from '../private/inference-mount';
import { logGroup } from '../private/logs';
import { noteMounts } from '../private/mounts';
import { checksOf } from '../private/scope';
import { privateSubnets } from '../private/vpc';
import { SUPPORT } from '../support';
import { DeploymentBindOptions, DeploymentCommands } from './deployable';
import { LambdaInferenceGrants } from './grants';
import { ILambdaInference, LambdaInferenceAttributes, LambdaInferenceProps } from './lambda-props';

const ALIAS = 'live';
/** What a deployment takes beside the interval of its rollout: publishing the version, CodeDeploy's own work, a roll-back. */
const DEPLOY_MARGIN_MINUTES = 30;

abstract class LambdaInferenceBase extends Construct implements ILambdaInference {
  public abstract readonly function: IFunction;
  public abstract readonly alias: IAlias;
  public abstract readonly deploymentGroup: ILambdaDeploymentGroup;
  public abstract readonly grants: LambdaInferenceGrants;
  public abstract readonly url: string;
  public abstract readonly imageOwner: ImageOwner;
  public readonly maxConcurrency?: number;
  /** @internal */
  protected abstract readonly _deployMinutes: number;

  public get serviceName(): string {
    return this.function.functionName;
  }

  public get imagePlatform(): string {
    return this.function.architecture.dockerPlatform;
  }

  public abstract metricRequests(options?: MetricOptions): Metric;
  public abstract metricErrors(options?: MetricOptions): Metric;
  public abstract metricLatency(options?: MetricOptions): Metric;

  /** Executions of the version in service, by whatever way. */
  public metricInvocations(options?: MetricOptions): Metric {
    return this.metric('Invocations', 'Sum', options);
  }

  /** Executions that crashed or ran out of time. Answers with a status of 5xx are not among them, see `metricErrors`. */
  public metricFunctionErrors(options?: MetricOptions): Metric {
    return this.metric('Errors', 'Sum', options);
  }

  /** Time that the container takes for a request, in milliseconds; the start of a new instance is not part of it. */
  public metricDuration(options?: MetricOptions): Metric {
    return this.metric('Duration', 'p95', options);
  }

  public metricThrottles(options?: MetricOptions): Metric {
    return this.metric('Throttles', 'Sum', options);
  }

  public metricConcurrentExecutions(options?: MetricOptions): Metric {
    return this.metric('ConcurrentExecutions', 'Maximum', options);
  }

  public bindDeployment(options: DeploymentBindOptions): DeploymentCommands {
    for (const statement of deployStatements(this, this.function, this.deploymentGroup))
      options.grantee.grantPrincipal.addToPrincipalPolicy(statement);
    const { grantPrincipal } = options.grantee;
    if (Construct.isConstruct(grantPrincipal)) {
      acknowledgeWildcards(grantPrincipal, [`${this.function.functionArn}:*`], 'Versions are numbered as they are published.');
      acknowledgeWildcards(grantPrincipal, [allAlarms(this)], 'The state of several alarms is asked for in one call.');
    }
    letLambdaPull(this, options);
    return {
      commands: DEPLOY_COMMANDS,
      env: {
        FUNCTION_NAME: this.function.functionName,
        ALIAS_NAME: this.alias.aliasName,
        DEPLOYMENT_APPLICATION: this.deploymentGroup.application.applicationName,
        DEPLOYMENT_GROUP: this.deploymentGroup.deploymentGroupName,
      },
      timeout: Duration.minutes(this._deployMinutes),
    };
  }

  private metric(metricName: string, statistic: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName: this.serviceName, Resource: `${this.serviceName}:${this.alias.aliasName}` },
      statistic,
      ...options,
    });
  }
}

/**
 * A container that answers predictions on AWS Lambda, costs nothing when idle, and goes over to new versions step by step.
 *
 * Defines a Lambda function from a container image, an alias `live`, a CodeDeploy deployment group that shifts the alias by the rollout and
 * back when an alarm on errors or latency goes off, a log group, and what callers reach: a private REST API behind a VPC endpoint
 * (`Access.PRIVATE`), a function URL or HTTP API that IAM lets through (`Access.AUTHENTICATED`), or an open function URL (`Access.PUBLIC`).
 *
 * The image brings the [AWS Lambda Web Adapter](https://aws.github.io/aws-lambda-web-adapter/), one line in its Dockerfile, which talks HTTP to the server on `PORT`:
 * `COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/lambda-adapter`.
 * A request and its answer have at most 6 MB. Only `/tmp` can be written.
 *
 * An instance of Lambda handles one request at a time, so up to `maxInstances` times `concurrency` run at once, which is reserved for
 * the function out of the account's quota (1,000, and less in new accounts). Above zero, `minInstances` are kept warm by provisioned
 * concurrency, which costs about 11 USD a month for each GB, and more are added at 70 % use.
 *
 * With `ImageOwner.PIPELINE` the function starts from a placeholder that answers health checks, and the template does not change
 * with the application. Changed memory, timeout or variables then reach callers with the pipeline's next deployment.
 *
 * @example
 * declare const vpc: ec2.IVpc;
 * declare const caller: iam.IRole;
 * const service = new aws.LambdaInference(this, 'Predict', {
 *   vpc,
 *   image: ContainerImage.fromDirectory('./app'),
 *   rollout: Rollout.canary({ percent: 10, interval: Duration.minutes(10) }),
 * });
 * service.grants.invoke(caller);
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export class LambdaInference extends LambdaInferenceBase implements IGrantable {
  /** A service that exists already, such as one of another stack. Its metrics are those of the function. */
  public static fromLambdaInferenceAttributes(scope: Construct, id: string, attrs: LambdaInferenceAttributes): ILambdaInference {
    return new ImportedLambdaInference(scope, id, attrs);
  }

  public readonly function: IFunction;
  public readonly alias: IAlias;
  public readonly deploymentGroup: ILambdaDeploymentGroup;
  public readonly grants: LambdaInferenceGrants;
  public readonly url: string;
  public readonly imageOwner: ImageOwner;
  public readonly maxConcurrency?: number;
  /** What the container runs as; give it what the model needs: `bucket.grantRead(service)`. */
  public readonly grantPrincipal: IPrincipal;
  /** The container's log. */
  public readonly logGroup: LogGroup;
  /** Goes off when more requests fail than the objective allows; rolls a deployment back. */
  public readonly errorAlarm: IAlarm;
  /** Goes off when requests take longer than the objective allows; rolls a deployment back. */
  public readonly latencyAlarm: IAlarm;
  /** The VPC endpoint that a private service is called through; further services can share it. */
  public readonly apiEndpoint?: IInterfaceVpcEndpoint;
  /** @internal */
  protected readonly _deployMinutes: number;
  private readonly endpoint: Endpoint;

  public constructor(scope: Construct, id: string, props: LambdaInferenceProps) {
    super(scope, id);
    const checks = checksOf(this, 'aws.LambdaInference');
    checkImage(checks, Stack.of(this), props);
    const settings = lambdaSettings(checks, props);
    checks.done();

    const rollout = props.rollout ?? Rollout.allAtOnce();
    this.imageOwner = props.imageOwner ?? ImageOwner.STACK;
    this.maxConcurrency = settings.executions;
    this._deployMinutes = rollout.interval.toMinutes() + DEPLOY_MARGIN_MINUTES;
    this.logGroup = logGroup(this, 'Log', props.environment);
    const fn = this.defineFunction(props, settings);
    const alias = this.defineAlias(fn, settings);
    this.function = fn;
    this.alias = alias;
    this.grantPrincipal = fn.grantPrincipal;
    this.endpoint = endpointOf(this, alias, props, settings);
    this.url = this.endpoint.url;
    this.apiEndpoint = this.endpoint.apiEndpoint;
    this.grants = LambdaInferenceGrants._of((grantee) => this.endpoint.grantInvoke(grantee));

    const alarms = rollbackAlarms(this, settings.slo);
    this.errorAlarm = alarms.errors;
    this.latencyAlarm = alarms.latency;
    this.deploymentGroup = new LambdaDeploymentGroup(this, 'Deployment', {
      application: new LambdaApplication(this, 'Application'),
      alias,
      deploymentConfig: deploymentConfig(this, rollout),
      role: shiftRole(this, fn, ALIAS),
      alarms: [this.errorAlarm, this.latencyAlarm],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    this.report(props, settings, rollout);
    this.output();
  }

  public metricRequests(options?: MetricOptions): Metric {
    return this.endpoint.requests(options);
  }

  public metricErrors(options?: MetricOptions): Metric {
    return this.endpoint.errors(options);
  }

  public metricLatency(options?: MetricOptions): Metric {
    return this.endpoint.latency(options);
  }

  private defineFunction(props: LambdaInferenceProps, settings: LambdaSettings): Function {
    const architecture = props.architecture ?? Architecture.X86_64;
    const role = executionRole(this, this.logGroup, props.vpc !== undefined);
    const fn = new DockerImageFunction(this, 'Resource', {
      description: `Inference service ${this.node.path}`,
      code: functionCode(this, props, architecture),
      architecture,
      memorySize: settings.memoryMb,
      timeout: CdkDuration.seconds(settings.timeout.toSeconds()),
      reservedConcurrentExecutions: settings.executions,
      environment: settings.environment,
      ephemeralStorageSize: props.ephemeralStorage && CdkSize.mebibytes(props.ephemeralStorage.toMebibytes()),
      role,
      ...(props.vpc
        ? { vpc: props.vpc, vpcSubnets: { subnets: privateSubnets(props.vpc, props.vpcSubnets) }, securityGroups: props.securityGroups }
        : {}),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // What the service logs is for its own settings to decide.
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      tracing: Tracing.ACTIVE,
      // Versions go with their function; until then they are there to go back to.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    if (props.vpc) denyInterfaces(this, role, fn);
    props.tracking?.grants.read(fn);
    mountFileSystem(fn, props.mounts);
    for (const secret of Object.values(props.secrets ?? {})) secret.grants.read(fn);
    return fn;
  }

  private defineAlias(fn: Function, settings: LambdaSettings): Alias {
    // A pipeline publishes versions and moves the alias by itself. As the template names one version for ever, it never moves it back.
    const version =
      this.imageOwner === ImageOwner.PIPELINE
        ? new Version(this, 'Placeholder', { lambda: fn, removalPolicy: RemovalPolicy.RETAIN })
        : fn.currentVersion;
    const alias = new Alias(this, 'Alias', { aliasName: ALIAS, version });
    if (settings.minInstances > 0)
      // Not a property of the alias: CloudFormation would move the alias together with it.
      alias
        .addAutoScaling({ minCapacity: settings.minInstances, maxCapacity: settings.executions })
        .scaleOnUtilization({ utilizationTarget: 0.7 });
    return alias;
  }

  private report(props: LambdaInferenceProps, settings: LambdaSettings, rollout: Rollout): void {
    const mb = thousands(settings.memoryMb);
    const { title, kind } = this.endpoint;
    parity.mapped(this, 'aws', '', `Lambda function of ${mb} MB, alias ${ALIAS}, ${title}`);
    const processors = `${vcpus(settings.memoryMb)} processors with ${mb} MB`;
    if (settings.raised) parity.approximated(this, 'aws', 'cpu', processors, SUPPORT['inference.cpu'].reason!);
    else parity.mapped(this, 'aws', 'cpu', processors);
    const seconds = settings.timeout.toSeconds();
    if (seconds > ENDPOINT_SECONDS[kind])
      parity.approximated(this, 'aws', 'timeout', `${ENDPOINT_SECONDS[kind]}s`, TIMEOUT_REASON[kind as keyof typeof TIMEOUT_REASON]);
    else parity.mapped(this, 'aws', 'timeout', `${seconds}s`);
    parity.mapped(
      this,
      'aws',
      'scaling.min',
      settings.minInstances ? `${settings.minInstances} provisioned executions, more at 70 % use` : 'nothing runs when idle',
    );
    const executions = `${thousands(settings.executions)} reserved executions`;
    parity.mapped(this, 'aws', 'scaling.max', executions);
    const concurrency = props.concurrency ?? INFERENCE_DEFAULTS.concurrency;
    if (concurrency > 1)
      parity.approximated(this, 'aws', 'scaling.concurrency', executions, SUPPORT['inference.scaling.concurrency'].reason!);
    else parity.mapped(this, 'aws', 'scaling.concurrency', 'one request per instance');
    parity.mapped(this, 'aws', 'access', title);
    noteMounts(this, props.mounts, 'EFS access point');
    const secrets = Object.keys(props.secrets ?? {}).map(secretVariable);
    if (secrets.length)
      parity.approximated(this, 'aws', 'secrets', `${secrets.join(', ')} and permission to read`, SUPPORT['inference.secrets'].reason!);
    reportRollout(this, rollout);
    parity.mapped(
      this,
      'aws',
      'image',
      this.imageOwner === ImageOwner.PIPELINE
        ? 'placeholder image until the pipeline deploys'
        : props.image.directory
          ? 'CDK image asset'
          : 'image in ECR',
    );
  }

  private output(): void {
    const { region } = Stack.of(this);
    const { signedFor, kind } = this.endpoint;
    const sign = signedFor
      ? `--aws-sigv4 "aws:amz:${region}:${signedFor}" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" --header "x-amz-security-token: $AWS_SESSION_TOKEN" `
      : '';
    const how = [
      'Asks for a prediction',
      kind === 'private-api' ? ', from inside the network' : '',
      signedFor ? '; first: eval "$(aws configure export-credentials --format env)"' : '',
    ].join('');
    new CfnOutput(this, 'Url', { value: this.url, description: 'Where the service answers' });
    new CfnOutput(this, 'PredictCommand', {
      value: `curl ${sign}--header "content-type: application/json" --data @request.json ${this.url}/predict`,
      description: how,
    });
  }
}

const TIMEOUT_REASON = {
  'private-api': SUPPORT['inference.timeout'].reason!,
  'http-api': 'HTTP APIs of API Gateway answer within 30 seconds; a function URL waits as long as the function runs',
};

function reportRollout(scope: Construct, rollout: Rollout): void {
  const minutes = rollout.interval.toMinutes();
  if (rollout.strategy === RolloutStrategy.CANARY) {
    const canary = `CodeDeploy canary: ${rollout.percent} % for ${minutes} minutes, rolled back by alarms`;
    if (rollout.interval.toMillis() % 60_000) parity.approximated(scope, 'aws', 'rollout', canary, 'CodeDeploy counts whole minutes');
    else parity.mapped(scope, 'aws', 'rollout', canary);
  } else if (rollout.strategy === RolloutStrategy.BLUE_GREEN)
    parity.approximated(
      scope,
      'aws',
      'rollout',
      'CodeDeploy, all traffic at once, rolled back by alarms',
      SUPPORT['inference.rollout.blue-green'].reason!,
    );
  else parity.mapped(scope, 'aws', 'rollout', 'CodeDeploy, all traffic at once, rolled back by alarms');
}

class ImportedLambdaInference extends LambdaInferenceBase {
  public readonly function: IFunction;
  public readonly alias: IAlias;
  public readonly deploymentGroup: ILambdaDeploymentGroup;
  public readonly grants: LambdaInferenceGrants;
  public readonly url: string;
  public readonly imageOwner: ImageOwner;
  /** @internal */
  protected readonly _deployMinutes: number;

  public constructor(scope: Construct, id: string, attrs: LambdaInferenceAttributes) {
    super(scope, id);
    const { functionArn, architecture } = attrs;
    this.url = attrs.url;
    this.imageOwner = attrs.imageOwner ?? ImageOwner.PIPELINE;
    this._deployMinutes = (attrs.deploymentDuration ?? Duration.hours(1)).toMinutes();
    this.function = Function.fromFunctionAttributes(this, 'Function', { functionArn, architecture, sameEnvironment: true });
    this.alias = Alias.fromAliasAttributes(this, 'Alias', {
      aliasName: attrs.aliasName ?? ALIAS,
      aliasVersion: Version.fromVersionAttributes(this, 'Version', { lambda: this.function, version: '1' }),
    });
    this.deploymentGroup = LambdaDeploymentGroup.fromLambdaDeploymentGroupAttributes(this, 'Deployment', {
      application: LambdaApplication.fromLambdaApplicationName(this, 'Application', attrs.applicationName),
      deploymentGroupName: attrs.deploymentGroupName,
      deploymentConfig: LambdaDeploymentConfig.fromLambdaDeploymentConfigName(
        this,
        'DeploymentConfig',
        attrs.deploymentConfigName ?? 'CodeDeployDefault.LambdaAllAtOnce',
      ),
    });
    const { alias } = this;
    this.grants = LambdaInferenceGrants._of((grantee) =>
      attrs.apiInvokeArn
        ? Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns: [attrs.apiInvokeArn] })
        : alias.grantInvokeUrl(grantee),
    );
  }

  public metricRequests(options?: MetricOptions): Metric {
    return this.metricInvocations(options);
  }

  public metricErrors(options?: MetricOptions): Metric {
    return this.metricFunctionErrors(options);
  }

  public metricLatency(options?: MetricOptions): Metric {
    return this.metricDuration(options);
  }
}
