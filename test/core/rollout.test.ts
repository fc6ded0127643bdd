import { Duration, Rollout, RolloutStrategy } from '../../lib/core';

test('a canary takes 10 per cent for 10 minutes unless told otherwise', () => {
  const r = Rollout.canary();
  expect([r.strategy, r.percent, r.interval.toMinutes()]).toEqual([RolloutStrategy.CANARY, 10, 10]);
});

test.each([Rollout.allAtOnce(), Rollout.blueGreen()])('%j has no first step', (r) => {
  expect([r.percent, r.interval.toMillis()]).toEqual([100, 0]);
});

test.each([0, 100, -1, 2.5, NaN])('a canary of %d per cent is refused', (percent) => {
  expect(() => Rollout.canary({ percent })).toThrow(
    'a canary takes a whole number from 1 to 99 per cent of the traffic; write percent: 10, or strategy: all-at-once',
  );
});

test.each([
  [Duration.seconds(59), '59s'],
  [Duration.hours(49), '49h'],
])('a canary of %s is refused', (interval, shown) => {
  expect(() => Rollout.canary({ interval })).toThrow(
    `rollout.interval "${shown}": a canary runs from one minute to two days; write interval: 10m`,
  );
});

test.each([Duration.minutes(1), Duration.days(2)])('a canary of %s is at the limit', (interval) => {
  expect(Rollout.canary({ interval, percent: 99 }).interval).toBe(interval);
});
