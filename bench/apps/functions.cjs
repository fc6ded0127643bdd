// Twenty Lambda functions with URLs that nobody watches, that we watch, or that cdk-monitoring-constructs watches:
// three alarms for each on the same metrics of Lambda, the same topic, a dashboard. NONE, OURS or a peer's path, the folder to write into.
const [watcher, outdir] = process.argv.slice(2);
const ours = watcher === 'ours' ? require('../../lib/aws/index.js') : undefined;
const peer = watcher === 'ours' || watcher === 'none' ? undefined : require(watcher);
const { Code, Function, FunctionUrlAuthType, Runtime } = require('aws-cdk-lib/aws-lambda');
const { Topic } = require('aws-cdk-lib/aws-sns');
const { App, Duration, Stack } = require('aws-cdk-lib/core');
const { Construct } = require('constructs');

const COUNT = 20;
const SECONDS = 1;
const PERCENT = 0.5;

const app = new App({ outdir, context: require('./context.cjs'), autoSynth: false });
const stack = new Stack(app, 'functions', { env: { region: 'eu-west-1' } });
const topic = new Topic(stack, 'Topic', { enforceSSL: true });
const functions = Array.from({ length: COUNT }, (_, i) => {
  const fn = new Function(stack, `F${i}`, { runtime: Runtime.PYTHON_3_13, handler: 'index.handler', code: Code.fromInline('handler = 0') });
  return { name: `f${i}`, fn, url: fn.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM }).url };
});

if (ours) {
  const core = require('../../lib/core/index.js');
  const slo = { availability: 100 - PERCENT, latency: { percentile: 99, threshold: core.Duration.seconds(SECONDS) } };
  const monitoring = new ours.Monitoring(stack, 'Monitoring', { warningTopic: topic, criticalTopic: topic, slo, sloObjects: false });
  for (const { name, fn, url } of functions)
    monitoring.watchInference(
      name,
      Object.assign(new Construct(stack, name), {
        url,
        metricRequests: (options) => fn.metricInvocations(options),
        metricErrors: (options) => fn.metricErrors(options),
        metricLatency: (options) => fn.metricDuration(options),
        metricThrottles: (options) => fn.metricThrottles(options),
        metricConcurrentExecutions: (options) => fn.metric('ConcurrentExecutions', options),
      }),
    );
}
if (peer) {
  const monitoring = new peer.MonitoringFacade(stack, 'Monitoring', {
    alarmFactoryDefaults: {
      actionsEnabled: true,
      alarmNamePrefix: 'functions',
      action: new peer.SnsAlarmActionStrategy({ onAlarmTopic: topic, onOkTopic: topic }),
    },
  });
  for (const { name, fn } of functions)
    monitoring.monitorLambdaFunction({
      lambdaFunction: fn,
      humanReadableName: name,
      alarmFriendlyName: name,
      addFaultRateAlarm: { Critical: { maxErrorRate: PERCENT / 100 } },
      addLatencyP99Alarm: { Warning: { maxLatency: Duration.seconds(SECONDS) } },
      addThrottlesCountAlarm: { Warning: { maxErrorCount: 0 } },
    });
}
app.synth();
