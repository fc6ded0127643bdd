import { good, Project } from './helper';

/** What `mlops validate` prints about the good declaration with a part replaced; nothing may be written. */
async function refused(replace: { readonly [from: string]: string }): Promise<string> {
  const project = new Project(good(replace));
  const before = project.files();
  const { code, out, err } = await project.run('synth');
  expect([code, out]).toEqual([2, '']);
  expect(project.files()).toEqual(before);
  return err;
}
/** Three lines for each problem, as they are printed. */
function printed(...problems: [head: string, reason: string, instead: string][]): string {
  const text = problems.map(([head, reason, instead]) => `ml-platform.yaml:${head}\n  ${reason}\n  -> ${instead}\n\n`).join('');
  return `${text}${problems.length === 1 ? '1 problem' : `${problems.length} problems`}; nothing was written\n`;
}

test('a machine with three A100_80GB, which no cloud has: each says what it has', async () => {
  const head = '13:44  training.trainer.accelerator.count  3';
  expect(await refused({ '{ memoryGib: 24, count: 1 }': '{ type: A100_80GB, count: 3 }' })).toBe(
    printed(
      [head, 'AWS offers A100_80GB in machines of 8 (aws.GpuTrainingCluster)', 'write count: 8'],
      [head, 'Azure offers A100_80GB in machines of 1, 2, 4 or 8 (azure.GpuTrainingCluster)', 'write count: 1, 2, 4 or 8'],
      [head, 'Google Cloud offers A100_80GB in machines of 1, 2, 4 or 8 (gcp.GpuTrainingCluster)', 'write count: 1, 2, 4 or 8'],
    ),
  );
});

test('a GPU that one target does not have: it says what it has instead', async () => {
  expect(await refused({ '{ memoryGib: 24, count: 1 }': '{ type: L4, count: 1 }' })).toBe(
    printed([
      '13:26  training.trainer.accelerator.type  "L4"',
      'Azure has no L4 (azure.GpuTrainingCluster)',
      'write one of T4 (16 GiB), A10 (24 GiB), A100_40GB (40 GiB), A100_80GB (80 GiB), H100 (80 GiB), H100_NVL (94 GiB), H200 (141 GiB), ' +
        'or { memoryGib: N } to take what each cloud has',
    ]),
  );
});

test('a GPU that is in no catalogue', async () => {
  expect(await refused({ '{ memoryGib: 24, count: 1 }': '{ type: RTX4090 }' })).toBe(
    printed([
      '13:26  training.trainer.accelerator.type  "RTX4090"',
      'not in the catalogue',
      'write T4, L4, A10G, A10, A100_40GB, L40S, A100_80GB, H100, H100_MEGA, H100_NVL, H200 or B200',
    ]),
  );
});

test('memory of a GPU in the wrong words is one problem', async () => {
  expect(await refused({ 'memoryGib: 24,': 'memoryGib: 24GiB,' })).toBe(
    printed(['13:31  training.trainer.accelerator.memoryGib  "24GiB"', 'text, where a number is expected', 'write a number, 1 or more']),
  );
});

test('a number beyond all bounds is shown as it is', async () => {
  expect(await refused({ 'cpu: 1': 'cpu: .inf' })).toContain('inference.predict.cpu  Infinity\n');
});

test('a pipeline that deploys a service which is not there', async () => {
  expect(await refused({ 'deploys: predict': 'deploys: predct' })).toBe(
    printed(['37:14  pipelines.release.deploys  "predct"', 'inference has no such service', 'write predict']),
  );
});

test('memory that the processors of Cloud Run do not allow', async () => {
  expect(await refused({ 'memory: 2GiB': 'memory: 8GiB' })).toBe(
    printed([
      '26:13  inference.predict.memory  "8GiB"',
      'Cloud Run gives 1 cpu 512MiB to 4GiB (gcp.CloudRunInference)',
      'write 512MiB to 4GiB, or cpu: 2',
    ]),
  );
});

test('memory and time beyond what Lambda and the others have', async () => {
  const text = await refused({ 'memory: 2GiB': 'memory: 12GiB', 'timeout: 30s': 'timeout: 20m' });
  expect(text).toContain(
    'ml-platform.yaml:26:13  inference.predict.memory  "12GiB"\n' +
      '  Lambda offers at most 10,240 MB (aws.LambdaInference)\n' +
      '  -> write 10GiB or less\n',
  );
  expect(text).toMatch(
    /:27:14 {2}inference\.predict\.timeout {2}"20m"\n {2}Lambda [^\n]*900 seconds \(aws\.LambdaInference\)\n {2}-> write [^\n]+\n/,
  );
  expect(text).toMatch(
    /:27:14 {2}inference\.predict\.timeout {2}"20m"\n {2}App Service [^\n]*230 seconds \(azure\.AppServiceInference\)\n/,
  );
  expect(text).toMatch(/\n4 problems; nothing was written\n$/);
});

test('a canary of no traffic is one problem, whichever cloud finds it', async () => {
  expect(await refused({ 'percent: 10': 'percent: 0' })).toBe(
    printed([
      '30:43  inference.predict.rollout.percent  0',
      'a canary takes a whole number from 1 to 99 per cent of the traffic',
      'write percent: 10, or strategy: all-at-once',
    ]),
  );
});

test('a name of a service that no cloud could take', async () => {
  expect(await refused({ '  predict:': '  Predict_v2:', 'deploys: predict': 'deploys: Predict_v2' })).toBe(
    printed([
      '21:3  inference.Predict_v2  "Predict_v2"',
      'a name is 1 to 32 lower-case letters, digits and single dashes, a letter first',
      'write predict-v2',
    ]),
  );
});

test('a section under a wrong name is one problem, not one for each that refers to it', async () => {
  const text = await refused({ 'inference:': 'inferense:' });
  expect(text).toMatch(
    /^ml-platform.yaml:20:1 {2}inferense {2}\{.*\}?\.\.\.\n {2}there is no such field\n {2}-> did you mean inference\?\n\n1 problem; nothing was written\n$/,
  );
});

test('everything at once: the file, its fields, the platform and each cloud, in the order of the file', async () => {
  const text = await refused({
    'environment: dev': 'environment: devel',
    './train': './trian',
    '{ memoryGib: 24, count: 1 }': '{ type: L4 }',
    '0 3 * * 1': '0 3 1 * 1',
    'memory: 2GiB': 'memory: 12GB\n    timeout: 10m',
    'percent: 10': 'percent: 0',
    'deploys: predict': 'deploy: predict',
    'threshold: 300ms': 'treshold: 300ms',
  });
  expect(text.match(/^ml-platform.yaml:\S+ {2}\S+/gm)).toEqual([
    'ml-platform.yaml:2:14  environment',
    'ml-platform.yaml:11:12  training.trainer.image',
    'ml-platform.yaml:13:26  training.trainer.accelerator.type',
    'ml-platform.yaml:18:23  training.trainer.schedule.cron',
    'ml-platform.yaml:26:13  inference.predict.memory',
    'ml-platform.yaml:28:5  inference.predict.timeout',
    'ml-platform.yaml:31:43  inference.predict.rollout.percent',
    'ml-platform.yaml:38:5  pipelines.release.deploy',
    'ml-platform.yaml:43:57  monitoring.slo.latency.treshold',
  ]);
  expect(text).toMatch(/\n9 problems; nothing was written\n$/);
});

test('what an earlier run wrote is left alone', async () => {
  const project = new Project(good());
  await project.run('synth', '--targets', 'gcp');
  project.write(good({ 'percent: 10': 'percent: 0' }));
  const before = project.files();
  expect((await project.run('synth', '--targets', 'gcp')).code).toBe(2);
  expect(project.files()).toEqual(before);
});

test('an image directory that is not there: nobody asks for the command that it may bring', async () => {
  expect(await refused({ './train': './trian', '    command: [python, train.py]\n': '' })).toBe(
    printed([
      '11:12  training.trainer.image  "./trian"',
      'there is no such directory',
      'write a directory that holds a Dockerfile, or an image reference such as ghcr.io/acme/app:1.0',
    ]),
  );
});

test('what is wrong with the data plane is said once, where it stands, and no value under secrets is shown', async () => {
  const wrong = [
    'tracking: {}',
    'models:',
    '  housing: { approval: true, approvers: { aws: [ml-lead, "arn:aws:iam::123456789012:role/a"] } }',
    'secrets: { hub: hunter2, other: { value: hunter3 } }',
    'tags:',
  ].join('\n');
  const text = await refused({ 'tags:': wrong });
  expect(text).toContain('ml-platform.yaml:7:1  tracking.mlflow\n  is missing: an MLflow server\n  -> write mlflow: {}\n');
  expect(text).toContain('models.housing.approval  true\n  is not one of required, automatic\n');
  expect(text).toContain('9:49  models.housing.approvers.aws.0  "ml-lead"\n  not the ARN of a role\n');
  expect(text).toContain('secrets.hub\n  text, where a map of fields is expected\n');
  expect(text).not.toMatch(/hunter|in quotes/);
  expect(text).toMatch(/\n5 problems; nothing was written\n$/);
});

test('the ARN of a secret that is none', async () => {
  const database = '{ host: db.example.com, secretArn: mlflow, securityGroupId: sg-0a1b2c3d }';
  const text = await refused({ '{ region: eu-west-1 }': `{ region: eu-west-1, existing: { database: ${database} } }` });
  expect(text).toContain('targets.aws.existing.database.secretArn  "mlflow"\n');
  expect(text).toContain('-> write something like arn:aws:secretsmanager:eu-west-1:123456789012:secret:mlflow-AbCdEf\n');
});
