import { findInterrupt } from '../../../lib/review/classify/aws/interrupt';
import { Body } from '../../../lib/review/model';
import { either, findings, PARAMETER } from './change';

const ALARM = 'AWS::CloudWatch::Alarm';
const alarm = (x: Body = {}): Body => ({
  MetricName: 'Errors',
  Threshold: 5,
  AlarmActions: [{ Ref: 'Ops' }],
  ...x,
});
const told = (before: Body | undefined, after: Body | undefined, type = ALARM) => findings(findInterrupt, type, before, after);

describe('an alarm that is removed', () => {
  test.each([
    ['its description, without how bad it is', { AlarmDescription: 'Critical: Jobs wait. Look at the queue.' }, '"Jobs wait"'],
    ['its description with a number', { AlarmDescription: 'p99 is over 0.5 s' }, '"p99 is over 0.5 s"'],
    ['its figure', {}, 'Errors crosses 5'],
    [
      'a figure of several',
      { MetricName: undefined, Metrics: [{ MetricStat: { Metric: { MetricName: 'Invocations' } } }] },
      'Invocations crosses 5',
    ],
    ['a figure without a threshold', { Threshold: undefined }, 'Errors is out of bounds'],
    ['nothing that is known', { MetricName: undefined, Threshold: undefined }, 'what it watches is out of bounds'],
  ])('is told by %s', (_name, x, when) => {
    expect(told(alarm(x), undefined)).toEqual([`interrupt: Nobody is told any more when ${when}: the alarm is removed.`]);
  });

  test('is told of a composite one', () => {
    expect(told({ AlarmDescription: 'All is lost' }, undefined, 'AWS::CloudWatch::CompositeAlarm')).toEqual([
      'interrupt: Nobody is told any more when "All is lost": the alarm is removed.',
    ]);
  });
});

describe('an alarm that changes', () => {
  const actions = (...AlarmActions: unknown[]) => alarm({ AlarmActions });
  const [a, b, c] = ['A', 'B', 'C'].map((Ref) => ({ Ref }));

  test.each([
    [
      'is muted',
      alarm(),
      alarm({ ActionsEnabled: false }),
      'interrupt: Nobody is told any more when Errors crosses 5: its actions are disabled.',
    ],
    [
      'may be muted',
      alarm(),
      alarm({ ActionsEnabled: either(true, false) }),
      'interrupt?: Nobody is told any more when Errors crosses 5: its actions are disabled.',
    ],
    [
      'may be muted by a parameter',
      alarm(),
      alarm({ ActionsEnabled: PARAMETER }),
      'interrupt?: Nobody is told any more when Errors crosses 5: its actions are disabled.',
    ],
    [
      'loses its action',
      alarm(),
      alarm({ AlarmActions: undefined }),
      'interrupt: Nobody is told any more when Errors crosses 5: it has no action left.',
    ],
    ['loses one of two', actions(a, b), actions(b), 'interrupt: A is not told any more when Errors crosses 5.'],
    ['loses two of three', actions(a, b, c), actions(c), 'interrupt: A and B are not told any more when Errors crosses 5.'],
    [
      'may lose its actions',
      actions(a),
      alarm({ AlarmActions: either([a], []) }),
      'interrupt?: Somebody else may be told when Errors crosses 5, or nobody: that only the deployment knows.',
    ],
  ])('is told where it %s', (_name, before, after, why) => {
    expect(told(before, after)).toEqual([why]);
    expect(told(after, after)).toEqual([]);
  });

  test.each([
    ['is unmuted', alarm({ ActionsEnabled: false }), alarm()],
    ['has one more action', actions(a), actions(b, a)],
    ['is described otherwise', alarm({ AlarmDescription: 'a' }), alarm({ AlarmDescription: 'b' })],
    ['is new', undefined, alarm()],
  ])('is not where it %s', (_name, before, after) => {
    expect(told(before, after)).toEqual([]);
  });

  test.each([
    ['Threshold', 5, 50, 'Threshold 50, before 5'],
    ['EvaluationPeriods', 1, 3, 'EvaluationPeriods 3, before 1'],
    ['DatapointsToAlarm', undefined, 3, 'DatapointsToAlarm 3, before nothing'],
    ['Period', 60, 300, 'Period 300, before 60'],
    ['TreatMissingData', 'breaching', 'notBreaching', 'TreatMissingData notBreaching, before breaching'],
    [
      'ComparisonOperator',
      'GreaterThanThreshold',
      'LessThanThreshold',
      'ComparisonOperator LessThanThreshold, before GreaterThanThreshold',
    ],
    ['Namespace', 'AWS/Lambda', 'AWS/ECS', 'Namespace AWS/ECS, before AWS/Lambda'],
    ['MetricName', 'Errors', 'Throttles', 'MetricName Throttles, before Errors'],
    ['Dimensions', [{ Name: 'FunctionName', Value: 'a' }], [{ Name: 'FunctionName', Value: 'b' }], 'other Dimensions'],
    ['Metrics', [{ Id: 'a' }], [{ Id: 'b' }], 'other Metrics'],
    ['Statistic', 'Maximum', 'Average', 'Statistic Average, before Maximum'],
    ['ExtendedStatistic', 'p99', 'p50', 'ExtendedStatistic p50, before p99'],
    ['EvaluateLowSampleCountPercentile', 'evaluate', 'ignore', 'EvaluateLowSampleCountPercentile ignore, before evaluate'],
    ['ThresholdMetricId', 'a', 'b', 'ThresholdMetricId b, before a'],
    ['Threshold', 5, either(5, 50), 'other Threshold'],
  ])('goes off at another point by %s %j → %j', (name, before, after, figures) => {
    const described = (value: unknown) => alarm({ [name]: value, AlarmDescription: 'Calls fail' });
    expect(told(described(before), described(after))).toEqual([
      `interrupt?: The alarm goes off at another point: ${figures}. It tells when "Calls fail".`,
    ]);
  });

  test('tells all that differs at once', () => {
    expect(told(alarm(), alarm({ Threshold: 9, Period: 60 }))).toEqual([
      'interrupt?: The alarm goes off at another point: Threshold 9, before 5; Period 60, before nothing. It tells when Errors crosses 5.',
    ]);
  });

  test.each([
    ['AlarmRule', 'ALARM(a)', 'ALARM(a) AND ALARM(b)', 'AlarmRule ALARM(a) AND ALARM(b), before ALARM(a)'],
    ['ActionsSuppressor', undefined, 'night', 'ActionsSuppressor night, before nothing'],
  ])('goes off at another point where it is composite: %s', (name, before, after, figures) => {
    const of = (value: unknown) => ({ AlarmDescription: 'All is lost', [name]: value });
    expect(told(of(before), of(after), 'AWS::CloudWatch::CompositeAlarm')).toEqual([
      `interrupt?: The alarm goes off at another point: ${figures}. It tells when "All is lost".`,
    ]);
  });
});

describe('a subscription', () => {
  const of = (Endpoint: unknown) => ({ TopicArn: { Ref: 'Ops' }, Protocol: 'email', Endpoint });

  test('that is removed is told', () => {
    expect(told(of('ops@example.com'), undefined, 'AWS::SNS::Subscription')).toEqual([
      'interrupt: ops@example.com is not told any more what is published to Ops.',
    ]);
  });

  test('of another address has to be confirmed', () => {
    expect(told(of('ops@example.com'), of('new@example.com'), 'AWS::SNS::Subscription')).toEqual([
      'interrupt: ops@example.com is not told any more until the new subscription is confirmed.',
    ]);
  });

  test('that is new is not told', () => {
    expect(told(undefined, of('ops@example.com'), 'AWS::SNS::Subscription')).toEqual([]);
  });
});

test.each([
  ['AWS::ApplicationSignals::ServiceLevelObjective', 'Nobody sees any more whether the service keeps its objective: it is removed.'],
  ['AWS::EC2::FlowLog', 'Nobody can look up any more who talked to whom in the network: the log is removed.'],
  ['AWS::CloudTrail::Trail', 'Nobody can look up any more who did what in the account: the log is removed.'],
])('what watches is missed when it is removed: %s', (type, why) => {
  expect(told({}, undefined, type)).toEqual([`interrupt: ${why}`]);
  expect(told(undefined, {}, type)).toEqual([]);
});
