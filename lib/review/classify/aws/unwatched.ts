import { Change, Finding } from '../../model';
import { listed } from '../common';
import { at, differs, isDown, isEqual, isOpaque, listOf, plain, verdictOn } from './body';

/** Nobody is told any more: there is no class of its own for it, and it is what makes the next interruption last. */
export function findUnwatched(change: Change): Finding[] {
  const { type, action, before, after } = change;
  const told = (why: string): Finding[] => [{ class: 'interrupt', why }];
  if (type === 'AWS::CloudWatch::Alarm' || type === 'AWS::CloudWatch::CompositeAlarm') {
    const when = reasonOf(before);
    if (action === 'remove') {
      return told(`Nobody is told any more when ${when}: the alarm is removed.`);
    }
    if (!before || !after) {
      return [];
    }
    const mute = isDown((v) => String(v) !== 'false', at(before, 'ActionsEnabled'), at(after, 'ActionsEnabled'));
    if (mute !== 'no') {
      return verdictOn(mute, { class: 'interrupt', why: `Nobody is told any more when ${when}: its actions are disabled.` });
    }
    if (differs(change, 'AlarmActions') && isOpaque(at(after, 'AlarmActions'))) {
      return [
        {
          class: 'interrupt',
          conditional: true,
          why: `Somebody else may be told when ${when}, or nobody: that only the deployment knows.`,
        },
      ];
    }
    const lost = listOf(at(before, 'AlarmActions')).filter((a) => !listOf(at(after, 'AlarmActions')).some((b) => isEqual(a, b)));
    if (lost.length > 0) {
      const left = listOf(at(after, 'AlarmActions')).length;
      return told(
        left === 0
          ? `Nobody is told any more when ${when}: it has no action left.`
          : `${listed(lost.map(plain))} ${lost.length === 1 ? 'is' : 'are'} not told any more when ${when}.`,
      );
    }
    return laterAlarm(change, when);
  }
  if (type === 'AWS::SNS::Subscription' && (action === 'remove' || action === 'replace' || action === 'move')) {
    const endpoint = plain(at(before, 'Endpoint'));
    return told(
      action === 'remove'
        ? `${endpoint} is not told any more what is published to ${plain(at(before, 'TopicArn'))}.`
        : `${endpoint} is not told any more until the new subscription is confirmed.`,
    );
  }
  if (type === 'AWS::ApplicationSignals::ServiceLevelObjective' && action === 'remove') {
    return told('Nobody sees any more whether the service keeps its objective: it is removed.');
  }
  if ((type === 'AWS::EC2::FlowLog' || type === 'AWS::CloudTrail::Trail') && action === 'remove') {
    return told(
      `Nobody can look up any more ${type === 'AWS::EC2::FlowLog' ? 'who talked to whom in the network' : 'who did what in the account'}: the log is removed.`,
    );
  }
  return [];
}

const SLOWER = [
  'Threshold',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Period',
  'TreatMissingData',
  'ComparisonOperator',
  'Metrics',
  'Namespace',
  'MetricName',
  'Dimensions',
  'Statistic',
  'ExtendedStatistic',
  'EvaluateLowSampleCountPercentile',
  'ThresholdMetricId',
  'AlarmRule',
  'ActionsSuppressor',
];

function laterAlarm(change: Change, when: string): Finding[] {
  const changed = SLOWER.filter((p) => differs(change, p));
  if (changed.length === 0) {
    return [];
  }
  const figures = changed.map((p) => {
    const [was, is] = [at(change.before, p), at(change.after, p)];
    return typeof was === 'object' || typeof is === 'object' ? `other ${p}` : `${p} ${plain(is)}, before ${plain(was)}`;
  });
  return [
    { class: 'interrupt', conditional: true, why: `The alarm goes off at another point: ${figures.join('; ')}. It tells when ${when}.` },
  ];
}

/** "Jobs wait and no machine comes", or the figure that it watches. */
function reasonOf(body: Change['before']): string {
  const description = at(body, 'AlarmDescription');
  if (typeof description === 'string' && description !== '') {
    const text = plain(description.replace(/^(critical|warning):\s*/i, '')).split(/\.(\s|$)/)[0];
    return `"${text}"`;
  }
  const metric = at(body, 'MetricName') ?? listOf(at(body, 'Metrics.*.MetricStat.Metric.MetricName'))[0];
  const figure = metric === undefined ? 'what it watches' : plain(metric);
  return at(body, 'Threshold') === undefined ? `${figure} is out of bounds` : `${figure} crosses ${plain(at(body, 'Threshold'))}`;
}
