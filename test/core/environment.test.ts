import { Environment } from '../../lib/core';
import { policyOf } from '../../lib/core/environment';

test('prod keeps its data, is protected and redundant', () => {
  expect(policyOf(Environment.PROD)).toMatchObject({ retainData: true, deletionProtection: true, multiZone: true });
});

test.each([Environment.DEV, Environment.STAGING, undefined])('%s is destroyed cleanly', (environment) => {
  expect(policyOf(environment)).toMatchObject({ retainData: false, deletionProtection: false });
});

test('what is not said is dev', () => {
  expect(policyOf()).toBe(policyOf(Environment.DEV));
});

test('the longer something matters, the longer its traces are kept', () => {
  const kept = Object.values(Environment).map((e) => policyOf(e));
  for (const field of ['logRetentionDays', 'noncurrentVersionDays', 'imagesKept'] as const) {
    const days = kept.map((p) => p[field]);
    expect(days).toEqual([...days].sort((a, b) => a - b));
  }
});
