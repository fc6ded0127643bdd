import { execFileSync } from 'child_process';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');
const SDKS = ['aws-cdk-lib', 'cdktf', '@cdktf/provider-azurerm', '@cdktf/provider-google'];

/** Which SDKs a fresh process has loaded after requiring something of the built package. */
function loads(expression: string): string[] {
  const script = `${expression};
    const files = Object.keys(require.cache);
    console.log(JSON.stringify(${JSON.stringify(SDKS)}.filter((sdk) => files.some((f) => f.includes('/node_modules/' + sdk + '/')))));`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
}

describe('the built package loads what is asked for', () => {
  test('the root index loads no cloud', () => {
    expect(loads("const m = require('mlops-constructs'); if (!m.Duration) throw 'no core'")).toEqual([]);
  });

  test('a cloud is there when the root index is asked for it', () => {
    expect(loads("if (!require('mlops-constructs').gcp.MlPlatform) throw 'no gcp'")).toEqual(['cdktf', '@cdktf/provider-google']);
  });

  test('aws loads no cdktf', () => {
    expect(loads("require('mlops-constructs/aws')")).not.toEqual(expect.arrayContaining(['cdktf']));
    expect(loads("require('mlops-constructs/aws')")).toContain('aws-cdk-lib');
  });

  test('azure loads neither the CDK nor the Google provider', () => {
    expect(loads("require('mlops-constructs/azure')")).toEqual(['cdktf', '@cdktf/provider-azurerm']);
  });

  test('gcp loads neither the CDK nor the Azure provider', () => {
    expect(loads("require('mlops-constructs/gcp')")).toEqual(['cdktf', '@cdktf/provider-google']);
  });
});
