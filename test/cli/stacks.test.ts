import { GOOD, Project } from './helper';

const SPLIT = GOOD.replace(/aws: \{ region: ([\w-]+)/, 'aws: { region: $1, stacks: per-entry');
/** Further services on AWS, each a line. */
const withServices = (declaration: string, ...names: string[]): string =>
  declaration.replace(
    /^inference:\n/m,
    (head) => head + names.map((n) => `  ${n}: { image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1, on: [aws] }\n`).join(''),
  );

async function synthesized(...declarations: [name: string, text: string][]): Promise<Project> {
  const project = new Project();
  for (const [name, text] of declarations) {
    project.write(text, `${name}.yaml`);
    expect(await project.run('synth', `${name}.yaml`, '--targets', 'aws', '--out', name)).toMatchObject({ code: 0, err: '' });
  }
  return project;
}
const stacksOf = (out: string): string[] =>
  [...out.matchAll(/^(housing-dev\S*) +AWS +\d+ changes?(.*)$/gm)].map(([, name, note]) => name + note);

test('a service that is added is a new stack, and changes that of the dashboard', async () => {
  const project = await synthesized(['before', SPLIT], ['after', withServices(SPLIT, 'rank')]);
  const { out } = await project.run('diff', 'before', 'after', '--verbose');
  expect(stacksOf(out)).toEqual(['housing-dev-inference-rank  the stack is new', 'housing-dev-monitoring']);
  expect(out).toMatch(/^1 to update, \d+ to add$/m);
});

test('what a spread platform moves is said, and that nothing of what is shared is touched', async () => {
  const project = await synthesized(['before', GOOD], ['after', SPLIT]);
  const { code, out } = await project.run('diff', 'before', 'after', '--format', 'json');
  expect(code).toBe(1);
  const changes: { action: string; stack: string; path: string; type: string }[] = JSON.parse(out).changes;
  const gone = changes.filter((c) => c.action === 'remove' && c.type !== 'AWS::CloudFormation::Output');
  expect(gone.filter((c) => !/\/Platform\/(InferencePredict|TrainingTrainer|PipelinesRelease|Monitoring)\//.test(c.path))).toEqual([]);
  expect(gone.map((c) => c.type)).toEqual(expect.arrayContaining(['AWS::Lambda::Function', 'AWS::Batch::JobQueue']));
  const others = changes.filter((c) => c.stack === 'housing-dev' && c.action !== 'remove');
  // What the other stacks read.
  expect([...new Set(others.map((c) => `${c.action} ${c.type}`))]).toEqual(['add AWS::CloudFormation::Output']);
});

test('all stacks are checked', async () => {
  const project = await synthesized(['out', SPLIT]);
  const { code, out } = await project.run('check', 'out');
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^0 open, \d+ acknowledged, 0 unknown until deployment; \d+ resources in 5 stacks$/m),
  ]);
});

test('a platform that is too large for one stack is refused where it is declared', async () => {
  const project = new Project(withServices(GOOD, ...Array.from({ length: 20 }, (_, n) => `p${n}`)));
  const { code, err } = await project.run('validate', '--targets', 'aws');
  expect(code).toBe(2);
  expect(err).toMatch(
    /^ml-platform\.yaml:4:3 {2}targets\.aws\.stacks {2}"one" \(default\)\n {2}the stack housing-dev has \d+ resources and \d+ outputs, and CloudFormation takes 500 and 200\n {2}-> write stacks: per-entry, which gives each service, cluster and pipeline a stack of its own\n/,
  );
});
