import { ESLint } from 'eslint';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');
// eslint-disable-next-line @typescript-eslint/no-require-imports -- a JavaScript file without types
const config = require('../../eslint.config.js');

async function findings(file: string, code: string): Promise<string[]> {
  // The configuration is handed over: ESLint would load it by a dynamic import, which jest does not allow.
  const eslint = new ESLint({ cwd: ROOT, overrideConfigFile: true, overrideConfig: config });
  const [result] = await eslint.lintText(code, { filePath: join(ROOT, file) });
  return result.messages.filter((m) => /restricted/.test(m.ruleId ?? '')).map((m) => m.message);
}

describe('the import rule', () => {
  test.each([
    ['core', 'lib/core/planted.ts', "import { Stack } from 'aws-cdk-lib/core'; export const x = Stack;"],
    ['core', 'lib/core/planted.ts', "import { App } from 'cdktf'; export const x = App;"],
    ['core', 'lib/core/planted.ts', "import * as aws from '../aws'; export const x = aws;"],
    ['aws', 'lib/aws/planted.ts', "import { App } from 'cdktf'; export const x = App;"],
    ['aws', 'lib/aws/planted.ts', "import { App } from 'aws-cdk-lib'; export const x = App;"],
    ['aws', 'lib/aws/planted.ts', "import { MlNetwork } from '../gcp/network'; export const x = MlNetwork;"],
    ['azure', 'lib/azure/planted.ts', "import { storageAccount } from '@cdktf/provider-azurerm'; export const x = storageAccount;"],
    [
      'azure',
      'lib/azure/planted.ts',
      "import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket'; export const x = StorageBucket;",
    ],
    ['gcp', 'lib/gcp/planted.ts', "import { storageBucket } from '@cdktf/provider-google'; export const x = storageBucket;"],
    ['gcp', 'lib/gcp/planted.ts', "import { Bucket } from 'aws-cdk-lib/aws-s3'; export const x = Bucket;"],
    ['review', 'lib/review/planted.ts', "import { Facade } from '../core/facade'; export const x = Facade;"],
    ['review', 'lib/review/planted.ts', "import * as aws from '../aws'; export const x = aws;"],
    ['review', 'lib/review/classify/planted.ts', "import * as gcp from '../../gcp'; export const x = gcp;"],
    ['check', 'lib/check/planted.ts', "import { Construct } from 'constructs'; export const x = Construct;"],
    ['check', 'lib/check/aws/planted.ts', "import { App } from 'cdktf'; export const x = App;"],
    ['core', 'lib/core/planted.ts', "import { check } from '../check'; export const x = check;"],
    ['review', 'lib/review/planted.ts', "import { Construct } from 'constructs'; export const x = Construct;"],
  ])('a violation planted in %s is caught (%s: %s)', async (room, file, code) => {
    expect((await findings(file, code)).join()).toContain(`${room} imports`);
  });

  test.each([
    [
      'a capability may not import a higher tier',
      'lib/aws/storage.ts',
      "import { MlPlatform } from './platform'; export const x = MlPlatform;",
    ],
    ['a capability may not import its own tier', 'lib/gcp/training.ts', "import * as i from './inference'; export const x = i;"],
    [
      'nobody but the room imports its private folder',
      'bin/planted.ts',
      "import * as i from '../lib/azure/private/image'; export const x = i;",
    ],
  ])('%s', async (_, file, code) => {
    expect(await findings(file, code)).toHaveLength(1);
  });

  test.each([
    ['lib/core/planted.ts', "import { Construct } from 'constructs'; export const x = Construct;"],
    ['lib/aws/planted.ts', "import { Bucket } from 'aws-cdk-lib/aws-s3'; import { Size } from '../core'; export const x = [Bucket, Size];"],
    [
      'lib/gcp/planted.ts',
      "import { App } from 'cdktf'; import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket'; export const x = [App, StorageBucket];",
    ],
    ['lib/review/classify/planted.ts', "import * as aws from './aws'; export const x = aws;"],
    ['lib/aws/platform.ts', "import * as t from './training'; import * as p from './private/x'; export const x = [t, p];"],
  ])('what is allowed passes in %s', async (file, code) => {
    expect(await findings(file, code)).toEqual([]);
  });
});
