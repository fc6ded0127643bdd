import { Alarm, Dashboard, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { IMeteredInference, LambdaInference } from '../../lib/aws/inference';
import { Monitoring, MonitoringProps } from '../../lib/aws/monitoring';
import { BuildPipeline } from '../../lib/aws/pipeline';
import { GpuTrainingCluster } from '../../lib/aws/training';
import { Accelerator, Access, AlarmSeverity, ContainerImage, Duration } from '../../lib/core';
import { RUNBOOK } from '../../lib/core/monitoring';
import { parity } from '../../lib/core/parity';
import { Match, properties, refusals, synth } from './helper';

const MAIL = { email: 'ml-oncall@example.com' };
const SLO = { availability: 99.9, latency: { percentile: 99, threshold: Duration.millis(300) } };

const watching = (props: MonitoringProps, watch: (m: Monitoring, stack: Stack) => void = () => undefined): Template =>
  synth((stack) => watch(new Monitoring(stack, 'Monitoring', props), stack));
const lambda = (stack: Stack) =>
  new LambdaInference(stack, 'Predict', {
    image: ContainerImage.fromReference('123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1'),
    access: Access.AUTHENTICATED,
  });
const service = (props: MonitoringProps = MAIL) => watching(props, (m, stack) => m.watchInference('predict', lambda(stack)));
const alarm = (template: Template, id: string) =>
  properties(template, 'AWS::CloudWatch::Alarm', `Monitoring${id}`) as { readonly [p: string]: unknown };
const topic = (id: string) => [{ Ref: expect.stringMatching(new RegExp(`^Monitoring${id}`)) }];
const dashboard = (template: Template) => JSON.stringify(properties(template, 'AWS::CloudWatch::Dashboard').DashboardBody);
/** A service that is not ours. */
const foreign = (): IMeteredInference => {
  const metric = (metricName: string) => (options?: object) => new Metric({ namespace: 'Mine', metricName, ...options });
  return {
    url: 'https://mine.example.com',
    serviceName: 'mine',
    metricRequests: metric('Requests'),
    metricErrors: metric('Errors'),
    metricLatency: metric('Latency'),
    metricThrottles: metric('Throttles'),
    metricConcurrentExecutions: metric('Concurrency'),
  } as unknown as IMeteredInference;
};

describe('a dashboard of several', () => {
  const app = new App();
  const board = new Dashboard(new Stack(app, 'Behind'), 'Board');
  const watched = ['One', 'Other'].map((id) => {
    const stack = new Stack(app, id);
    new Monitoring(stack, 'Monitoring', { dashboard: board }).watchInference(id, lambda(stack));
    return stack;
  });

  test('shows what each of them watches', () => {
    expect(dashboard(Template.fromStack(Stack.of(board))).match(/## Inference: \w+/g)).toEqual([
      '## Inference: One',
      '## Inference: Other',
    ]);
  });

  test('leaves the alarms with them', () => {
    for (const template of watched.map((stack) => Template.fromStack(stack))) {
      template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
      template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmDescription: Match.stringLikeRegexp('^critical') });
      expect(Object.keys(template.findOutputs('*')).filter((id) => /DashboardUrl/.test(id))).toEqual([]);
    }
  });

  test('is found where it is', () => {
    synth((stack) => {
      const board = new Dashboard(stack, 'Board', { dashboardName: 'all' });
      expect(new Monitoring(stack, 'Monitoring', { dashboard: board }).dashboardUrl).toMatch(/#dashboards\/dashboard\//);
      expect(new Monitoring(stack, 'Second', { dashboard: board }).dashboard).toBe(board);
    });
  });
});

describe('routes', () => {
  test('there is a topic for each severity, encrypted, for TLS only, that alarms of this account may publish to', () => {
    const template = watching(MAIL);
    template.resourceCountIs('AWS::SNS::Topic', 2);
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Key'), 'Arn'] } });
    template.allResourcesProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': '123456789012' } }),
          }),
        ],
      },
    });
  });

  test('CloudWatch may use the key, which rotates', () => {
    watching(MAIL).hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          }),
        ]),
      },
    });
  });

  const mails = (props: MonitoringProps) =>
    Object.values(watching(props).findResources('AWS::SNS::Subscription')).map((s) => [
      s.Properties.TopicArn.Ref.slice(0, 18),
      s.Properties.Endpoint,
    ]);

  test('both go to the same address, unless critical alarms have their own', () => {
    expect(mails(MAIL)).toEqual([
      ['MonitoringWarnings', 'ml-oncall@example.com'],
      ['MonitoringCritical', 'ml-oncall@example.com'],
    ]);
    expect(mails({ ...MAIL, criticalEmail: 'now@example.com' })).toEqual([
      ['MonitoringWarnings', 'ml-oncall@example.com'],
      ['MonitoringCritical', 'now@example.com'],
    ]);
  });

  test('nobody is told, and nothing is made for it, without an address', () => {
    const template = service({});
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(alarm(template, 'InferencePredictErrors').AlarmActions).toBeUndefined();
  });

  test('topics of yours are used', () => {
    const template = synth((stack) => {
      const criticalTopic = new Topic(stack, 'Mine');
      const monitoring = new Monitoring(stack, 'Monitoring', { criticalTopic });
      monitoring.watchInference('predict', lambda(stack));
      expect(monitoring.topic(AlarmSeverity.CRITICAL)).toBe(criticalTopic);
      expect(monitoring.topic(AlarmSeverity.WARNING)).toBeUndefined();
    });
    template.resourceCountIs('AWS::SNS::Topic', 1);
    expect(alarm(template, 'InferencePredictErrors').AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Mine/) }]);
  });

  test('a key of yours is used', () => {
    const template = synth((stack) => void new Monitoring(stack, 'Monitoring', { ...MAIL, encryptionKey: new Key(stack, 'Mine') }));
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Mine'), 'Arn'] } });
  });

  test('an alarm of yours takes the same way', () => {
    const template = watching(MAIL, (m, stack) => {
      const mine = new Alarm(stack, 'Mine', {
        metric: new Metric({ namespace: 'N', metricName: 'M' }),
        threshold: 1,
        evaluationPeriods: 1,
      });
      m.watchAlarm(mine, AlarmSeverity.CRITICAL);
    });
    expect(properties(template, 'AWS::CloudWatch::Alarm', 'Mine').AlarmActions).toEqual(topic('Critical'));
  });
});

describe('a service', () => {
  test('that breaks its promise of availability is critical', () => {
    expect(alarm(service({ ...MAIL, slo: SLO }), 'InferencePredictErrors')).toMatchObject({
      AlarmDescription: `critical: ${RUNBOOK.errors}`,
      Threshold: 0.1,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
      AlarmActions: topic('Critical'),
      OKActions: topic('Critical'),
    });
  });

  test('that is slow is a warning, measured at the percentile of the promise', () => {
    expect(alarm(service({ ...MAIL, slo: SLO }), 'InferencePredictLatency')).toMatchObject({
      AlarmDescription: `warning: ${RUNBOOK.latency}`,
      Threshold: 300,
      ExtendedStatistic: 'p99',
      AlarmActions: topic('Warnings'),
    });
  });

  test('that turns requests away, or nearly does, is a warning', () => {
    const template = service();
    expect(alarm(template, 'InferencePredictThrottles')).toMatchObject({
      AlarmDescription: `warning: ${RUNBOOK.throttles}`,
      MetricName: 'Throttles',
    });
    expect(alarm(template, 'InferencePredictSaturation')).toMatchObject({
      Threshold: 64,
      MetricName: 'ConcurrentExecutions',
      Statistic: 'Maximum',
    });
  });

  test('can promise something else than the others', () => {
    const template = watching(MAIL, (m, stack) => m.watchInference('predict', lambda(stack), { slo: SLO }));
    expect(alarm(template, 'InferencePredictLatency').Threshold).toBe(300);
  });

  test('that somebody else wrote is watched as well', () => {
    const template = watching(MAIL, (m) => m.watchInference('mine', foreign()));
    expect(Object.keys(template.findResources('AWS::CloudWatch::Alarm'))).toHaveLength(3);
    expect(dashboard(template)).toContain('https://mine.example.com');
  });

  test('has two objectives that count requests over thirty days', () => {
    const template = service({ slo: SLO });
    const objective = (id: string) =>
      properties(template, 'AWS::ApplicationSignals::ServiceLevelObjective', `MonitoringInferencePredict${id}`);
    expect(objective('Availability')).toMatchObject({
      Goal: { AttainmentGoal: 99.9, Interval: { RollingInterval: { Duration: 30, DurationUnit: 'DAY' } } },
      RequestBasedSli: {
        RequestBasedSliMetric: {
          MonitoredRequestCountMetric: { BadCountMetric: [{ Expression: 'FILL(errors, 0)' }, { Id: 'errors', ReturnData: false }] },
        },
      },
    });
    expect(objective('Latency')).toMatchObject({
      Goal: { AttainmentGoal: 99 },
      RequestBasedSli: {
        RequestBasedSliMetric: {
          TotalRequestCountMetric: [{ MetricStat: { Stat: 'SampleCount' } }],
          MonitoredRequestCountMetric: { GoodCountMetric: [{ MetricStat: { Stat: 'TC(:300)' } }] },
        },
      },
    });
  });

  test('has none where they are turned off', () => {
    service({ sloObjects: false }).resourceCountIs('AWS::ApplicationSignals::ServiceLevelObjective', 0);
  });
});

describe('training', () => {
  const cluster = (stack: Stack) =>
    new GpuTrainingCluster(stack, 'Train', { image: ContainerImage.fromReference('ghcr.io/acme/train:1'), accelerator: Accelerator.T4 });

  test('jobs that fail, and jobs that wait, are warnings', () => {
    const template = watching(MAIL, (m, stack) => m.watchTraining('trainer', cluster(stack)));
    expect(alarm(template, 'TrainingTrainerFailed')).toMatchObject({
      AlarmDescription: `warning: ${RUNBOOK.jobFailed}`,
      AlarmActions: topic('Warnings'),
    });
    expect(properties(template, 'AWS::CloudWatch::Alarm', 'TrainStuckJobs')).toMatchObject({
      AlarmDescription: expect.stringContaining(RUNBOOK.jobStuck),
      AlarmActions: topic('Warnings'),
    });
  });

  test('a cluster of another stack gets an alarm here, as its own could not tell the topics of this one', () => {
    const app = new App();
    const made = cluster(new Stack(app, 'Training'));
    const stack = new Stack(app, 'Watch');
    new Monitoring(stack, 'Monitoring', MAIL).watchTraining('trainer', made);
    const template = Template.fromStack(stack);
    expect(alarm(template, 'TrainingTrainerStuck')).toMatchObject({ AlarmActions: topic('Warnings') });
    expect(stack.dependencies.map((s) => s.stackName)).toEqual(['Training']);
  });

  test('a cluster that exists already gets an alarm for jobs that wait', () => {
    const template = watching(MAIL, (m, stack) =>
      m.watchTraining(
        'trainer',
        GpuTrainingCluster.fromGpuTrainingClusterAttributes(stack, 'Train', {
          jobQueueArn: 'arn:aws:batch:eu-west-1:123456789012:job-queue/q',
          jobDefinitionArn: 'arn:aws:batch:eu-west-1:123456789012:job-definition/d:1',
          checkpointUri: 's3://bucket/checkpoints',
        }),
      ),
    );
    expect(alarm(template, 'TrainingTrainerStuck').AlarmDescription).toBe(`warning: ${RUNBOOK.jobStuck}`);
  });
});

describe('a pipeline', () => {
  test('that fails is a warning', () => {
    const template = watching(MAIL, (m, stack) => m.watchPipeline('release', BuildPipeline.fromPipelineName(stack, 'Release', 'release')));
    expect(alarm(template, 'PipelineReleaseFailed')).toMatchObject({
      AlarmDescription: `warning: ${RUNBOOK.pipelineFailed}`,
      Namespace: 'AWS/CodePipeline',
      MetricName: 'FailedPipelineExecutions',
      Dimensions: [{ Name: 'PipelineName', Value: 'release' }],
    });
  });
});

describe('the dashboard', () => {
  test('has no name of its own, and an output says where it is', () => {
    const template = watching({});
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: Match.absent() });
    expect(JSON.stringify(template.findOutputs('*', { Description: 'The dashboard of the platform' }))).toMatch(
      /https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-west-1#dashboards\/dashboard\//,
    );
  });

  test('has a section for a service, with its objectives drawn in', () => {
    const body = dashboard(service({ slo: SLO }));
    for (const word of ['Inference: predict', 'Requests', 'Failed requests', 'Latency', 'Saturation', 'objective of p99', 'limit'])
      expect(body).toContain(word);
  });

  test('is the default child', () => {
    synth((stack) => {
      const monitoring = new Monitoring(stack, 'Monitoring');
      expect(monitoring.node.defaultChild).toBe(monitoring.dashboard);
    });
  });
});

describe('what is refused', () => {
  test.each<[MonitoringProps, object]>([
    [
      { email: 'nobody' },
      { code: 'syntax', prop: 'email', value: 'nobody', reason: 'not a mail address', instead: 'write one such as ml-oncall@example.com' },
    ],
    [
      { criticalEmail: 'a b@example.com' },
      {
        code: 'syntax',
        prop: 'criticalEmail',
        value: 'a b@example.com',
        reason: 'not a mail address',
        instead: 'write one such as ml-oncall@example.com',
      },
    ],
    [
      { slo: { availability: 0 } },
      {
        code: 'limit',
        prop: 'slo.availability',
        value: 0,
        reason: 'a share lies above 0 and below 100 per cent',
        instead: 'write a number such as 99.5',
      },
    ],
  ])('%j', (props, problem) => {
    expect(refusals(() => watching(props))).toEqual([problem]);
  });

  test('two things of one name', () => {
    expect(
      refusals(() =>
        watching({}, (m) => {
          m.watchInference('mine', foreign());
          m.watchInference('mine', foreign());
        }),
      ),
    ).toEqual([
      { code: 'conflict', prop: 'name', value: 'mine', reason: 'something of this name is watched already', instead: 'take another name' },
    ]);
  });
});

test('the parity report says what became of notify and slo', () => {
  const stack = new Stack(new App(), 'Stack');
  new Monitoring(stack, 'Monitoring', { ...MAIL, slo: SLO });
  expect(parity.report(stack).map(({ path, became }) => [path, became])).toEqual([
    ['Stack/Monitoring', 'CloudWatch dashboard and alarms'],
    ['Stack/Monitoring.notify', 'SNS topic for each severity; recipients confirm once'],
    ['Stack/Monitoring.slo', 'Application Signals objectives and alarms'],
  ]);
});
