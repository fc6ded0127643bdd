import { execFileSync } from 'child_process';
import { join } from 'path';
import * as sources from '../../lib';

const ROOT = join(__dirname, '..', '..');
const SDKS = ['aws-cdk-lib', 'cdktf', '@cdktf/provider-azurerm', '@cdktf/provider-google'];

/** Which SDKs a fresh process has loaded after requiring something of the built package. */
function loads(expression: string): string[] {
  const script = `${expression};
    const files = Object.keys(require.cache);
    console.log(JSON.stringify(${JSON.stringify(SDKS)}.filter((sdk) => files.some((f) => f.includes('/node_modules/' + sdk + '/')))));`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
}

/** A script that makes a platform on one cloud. */
function platform(cloud: string, target: string): string {
  const library = cloud === 'aws' ? 'aws-cdk-lib/core' : 'cdktf';
  return `new (require('mlops-constructs/${cloud}').MlPlatformStack)(new (require('${library}').App)(), 'dev', { name: 'dev', targets: { ${cloud}: ${target} } })`;
}

/** What users get by a name of the package, without what only types use. */
function namesOf(entry: string): string[] {
  return JSON.parse(
    execFileSync(process.execPath, ['-p', `JSON.stringify(Object.keys(require('${entry}')))`], { cwd: ROOT, encoding: 'utf8' }),
  );
}

describe('the built package loads what is asked for', () => {
  test('the root index loads no cloud', () => {
    expect(loads("const m = require('mlops-constructs'); if (!m.Duration) throw 'no core'")).toEqual([]);
  });

  test('a cloud is there when the root index is asked for it', () => {
    expect(loads("if (!require('mlops-constructs').gcp.MlPlatformStack) throw 'no gcp'")).toEqual(['cdktf']);
  });

  test.each(['aws', 'azure', 'gcp'])('the index of %s loads nothing before it is asked for a name', (cloud) => {
    expect(loads(`require('mlops-constructs/${cloud}')`)).toEqual([]);
  });

  test('a class loads neither its cloud nor its neighbours before one is made', () => {
    const secret =
      "require('mlops-constructs/gcp').Secret; if (Object.keys(require.cache).some((f) => f.includes('/gcp/training/'))) throw 'too much'";
    expect(loads(secret)).toEqual([]);
  });

  test('a platform on aws loads no cdktf', () => {
    expect(loads(platform('aws', "{ region: 'eu-west-1' }"))).toEqual(['aws-cdk-lib']);
  });

  test('a platform on azure loads neither the CDK nor the Google provider', () => {
    expect(loads(platform('azure', "{ location: 'westeurope' }"))).toEqual(['cdktf', '@cdktf/provider-azurerm']);
  });

  test('a platform on gcp loads neither the CDK nor the Azure provider', () => {
    expect(loads(platform('gcp', "{ project: 'acme-ml-dev', region: 'europe-west4' }"))).toEqual(['cdktf', '@cdktf/provider-google']);
  });
});

describe('the built package has what the sources export', () => {
  test('at the root', () => expect(namesOf('mlops-constructs').sort()).toEqual(Object.keys(sources).sort()));

  test.each(['aws', 'azure', 'gcp'] as const)('in %s', (cloud) => {
    expect(namesOf(`mlops-constructs/${cloud}`).sort()).toEqual(Object.keys(sources[cloud]).sort());
  });

  test('to an import of its names, too', () => {
    const script = "import { aws, Duration } from 'mlops-constructs'; import { MlNetwork } from 'mlops-constructs/aws';";
    const said = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', `${script} console.log(aws.MlNetwork === MlNetwork, Duration.name)`],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    expect(said).toBe('true Duration\n');
  });
});
