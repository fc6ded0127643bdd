import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, LocalBackend, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import * as azure from '../../lib/azure';
import * as gcp from '../../lib/gcp';
import { DECLARATION } from './platform';

const PLATFORMS = [
  ['azure', azure.MlPlatformStack],
  ['gcp', gcp.MlPlatformStack],
] as const;

/** A platform beside a stack that holds a value, which `use` may refer to. */
function platformBeside(
  Stack: typeof gcp.MlPlatformStack | typeof azure.MlPlatformStack,
  use: (platform: TerraformStack, value: string) => void,
) {
  const outdir = mkdtempSync(join(tmpdir(), 'out-'));
  const app = new App({ outdir, stackTraces: false });
  const other = new TerraformStack(app, 'other');
  new LocalBackend(other, {});
  const { stringValue } = new TerraformVariable(other, 'Team', { type: 'string' });
  use(new Stack(app, 'ml', { name: 'ml', targets: DECLARATION.targets }), stringValue);
  app.synth();
  return JSON.parse(readFileSync(join(outdir, 'stacks/ml/cdk.tf.json'), 'utf8'));
}

describe.each(PLATFORMS)('the stack of a platform on %s', (_, Stack) => {
  test('takes a value of another stack from its state', () => {
    const { data, output } = platformBeside(Stack, (platform, value) => new TerraformOutput(platform, 'Team', { value }));
    const [name] = Object.keys(data.terraform_remote_state);
    expect(output.Team.value).toMatch(new RegExp(`^\\$\\{data\\.terraform_remote_state\\.${name}\\.outputs\\.`));
  });

  test('reads no state of a stack that it takes nothing from', () => {
    expect(platformBeside(Stack, () => undefined).data?.terraform_remote_state).toBeUndefined();
  });
});
