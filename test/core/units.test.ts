import { Duration, Schedule, Size } from '../../lib/core';

describe('Duration', () => {
  test.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['10m', 600_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['1.5h', 5_400_000],
    ['30 s', 30_000],
  ])('reads %s', (text, millis) => {
    expect(Duration.parse(text).toMillis()).toBe(millis);
  });

  test.each(['30', 's', '30sec', '30S', '-5s', '1h30m', '', ' 30s'])('refuses %j, and names the units', (text) => {
    expect(() => Duration.parse(text)).toThrow(`: not a duration; write a number and one of ms, s, m, h, d, such as 30s or 12h`);
  });

  test('rounds up to whole units, so that a limit is never undercut', () => {
    const d = Duration.millis(61_001);
    expect([d.toSeconds(), d.toMinutes(), d.toHours(), d.toDays()]).toEqual([62, 2, 1, 1]);
  });

  test.each([
    [Duration.days(2), 'P2D'],
    [Duration.hours(36), 'PT36H'],
    [Duration.minutes(10), 'PT10M'],
    [Duration.seconds(90), 'PT90S'],
    [Duration.millis(250), 'PT0.25S'],
    [Duration.seconds(0), 'PT0S'],
  ])('%s becomes ISO 8601', (d, iso) => {
    expect(d.toIso()).toBe(iso);
  });

  test.each(['7d', '12h', '90s', '250ms', '0ms'])('%s is shown as it is read', (text) => {
    expect(Duration.parse(text).toString()).toBe(text);
  });
});

describe('Size', () => {
  test.each([
    ['512MiB', 512],
    ['2GiB', 2048],
    ['1.5GiB', 1536],
    ['1TiB', 1_048_576],
  ])('reads %s', (text, mib) => {
    expect(Size.parse(text).toMebibytes()).toBe(mib);
  });

  test.each(['2GB', '2', '2Gi', 'GiB', '-1GiB'])('refuses %s, and names the units', (text) => {
    expect(() => Size.parse(text)).toThrow(`: not a size; write a number and one of MiB, GiB, TiB, such as 512MiB or 2GiB`);
  });

  test('is a fraction in gibibytes where it has to be', () => {
    expect(Size.mebibytes(512).toGibibytes()).toBe(0.5);
  });

  test.each(['512MiB', '2GiB', '3TiB'])('%s is shown as it is read', (text) => {
    expect(Size.parse(text).toString()).toBe(text);
  });
});

describe('Schedule', () => {
  test('keeps the five fields and the time zone', () => {
    const s = Schedule.cron('0 3 * * 1', 'Europe/Berlin');
    expect([s.toCron(), s.timeZone]).toEqual(['0 3 * * 1', 'Europe/Berlin']);
  });

  test('is in UTC unless told otherwise', () => {
    expect(Schedule.cron('0 3 * * 1').timeZone).toBe('UTC');
  });

  test.each([
    ['0 3 * * 1', 'cron(0 3 ? * 2 *)'],
    ['0 3 * * 0', 'cron(0 3 ? * 1 *)'],
    ['0 3 * * 7', 'cron(0 3 ? * 1 *)'],
    ['0 3 * * 1-5', 'cron(0 3 ? * 2-6 *)'],
    ['0 3 * * 0,6', 'cron(0 3 ? * 1,7 *)'],
    ['0 3 * * 1-5/2', 'cron(0 3 ? * 2-6/2 *)'],
    ['0 3 * * 5-7', 'cron(0 3 ? * 6,7,1 *)'],
    ['0 3 * * 5-7/2', 'cron(0 3 ? * 6,1 *)'],
    ['*/15 0-6 1 1,7 *', 'cron(*/15 0-6 1 1,7 ? *)'],
    ['0 0 * * *', 'cron(0 0 * * ? *)'],
  ])('%s becomes %s, whose weekdays count from Sunday as 1', (cron, eventBridge) => {
    expect(Schedule.cron(cron).toEventBridge()).toBe(eventBridge);
  });

  test.each([
    ['0 3 * *', 'has 4 fields'],
    ['0 0 3 * * 1', 'has 6 fields'],
    ['60 3 * * 1', "minute '60' is not within 0 to 59"],
    ['0 24 * * 1', "hour '24' is not within 0 to 23"],
    ['0 3 0 * *', "day of month '0' is not within 1 to 31"],
    ['0 3 * 13 *', "month '13' is not within 1 to 12"],
    ['0 3 * * MON', "day of week 'MON' is not within 0 to 7"],
    ['0 3 * * 8', "day of week '8' is not within 0 to 7"],
    ['0 5-3 * * *', "hour '5-3' runs backwards"],
    ['*/0 3 * * *', "minute '*/0' steps by nothing"],
    ['0 3 1 * 1', 'day of month and day of week are both restricted'],
  ])('refuses %s: %s', (cron, reason) => {
    expect(() => Schedule.cron(cron)).toThrow(
      `cron "${cron}": ${reason}; write five fields: minute hour day month weekday, such as 0 3 * * 1`,
    );
  });
});
