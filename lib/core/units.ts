import { refuse } from './errors';

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;
const MS: { [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE = /^(\d+(?:\.\d+)?)\s*(MiB|GiB|TiB)$/;
const MIB: { [unit: string]: number } = { MiB: 1, GiB: 1024, TiB: 1024 * 1024 };

/**
 * A length of time.
 *
 * The clouds' own classes cannot be shared between CloudFormation and Terraform; this one converts.
 *
 * @example
 * const timeout = Duration.minutes(10);
 * const same = Duration.parse('10m');
 */
export class Duration {
  /**
   * Reads `250ms`, `30s`, `10m`, `12h` or `7d`.
   *
   * @throws a problem that names the accepted units
   */
  public static parse(text: string): Duration {
    const m = DURATION.exec(text);
    if (!m) refuse('unit', '', text, 'not a duration', 'write a number and one of ms, s, m, h, d, such as 30s or 12h');
    return new Duration(Number(m[1]) * MS[m[2]]);
  }

  /** So many milliseconds. */
  public static millis(amount: number): Duration {
    return new Duration(amount);
  }

  /** So many seconds. */
  public static seconds(amount: number): Duration {
    return new Duration(amount * MS.s);
  }

  /** So many minutes. */
  public static minutes(amount: number): Duration {
    return new Duration(amount * MS.m);
  }

  /** So many hours. */
  public static hours(amount: number): Duration {
    return new Duration(amount * MS.h);
  }

  /** So many days of 24 hours. */
  public static days(amount: number): Duration {
    return new Duration(amount * MS.d);
  }

  private constructor(private readonly ms: number) {}

  /** In milliseconds. */
  public toMillis(): number {
    return this.ms;
  }

  /** In seconds, rounded up to whole ones. */
  public toSeconds(): number {
    return Math.ceil(this.ms / MS.s);
  }

  /** In minutes, rounded up to whole ones. */
  public toMinutes(): number {
    return Math.ceil(this.ms / MS.m);
  }

  /** In hours, rounded up to whole ones. */
  public toHours(): number {
    return Math.ceil(this.ms / MS.h);
  }

  /** In days, rounded up to whole ones. */
  public toDays(): number {
    return Math.ceil(this.ms / MS.d);
  }

  /** As ISO 8601, which Azure takes: `PT10M`. */
  public toIso(): string {
    if (this.ms % MS.d === 0 && this.ms > 0) return `P${this.ms / MS.d}D`;
    if (this.ms % MS.h === 0 && this.ms > 0) return `PT${this.ms / MS.h}H`;
    if (this.ms % MS.m === 0 && this.ms > 0) return `PT${this.ms / MS.m}M`;
    return `PT${this.ms / MS.s}S`;
  }

  /** As `parse` reads it, in the largest unit that is whole: `12h`. */
  public toString(): string {
    const unit = ['d', 'h', 'm', 's'].find((u) => this.ms > 0 && this.ms % MS[u] === 0) ?? 'ms';
    return `${this.ms / MS[unit]}${unit}`;
  }
}

/**
 * An amount of memory or storage, in binary units.
 *
 * @example
 * const memory = Size.gibibytes(2);
 * const same = Size.parse('2GiB');
 */
export class Size {
  /**
   * Reads `512MiB`, `2GiB` or `1.2TiB`.
   *
   * @throws a problem that names the accepted units
   */
  public static parse(text: string): Size {
    const m = SIZE.exec(text);
    if (!m) refuse('unit', '', text, 'not a size', 'write a number and one of MiB, GiB, TiB, such as 512MiB or 2GiB');
    return new Size(Number(m[1]) * MIB[m[2]]);
  }

  /** So many mebibytes. */
  public static mebibytes(amount: number): Size {
    return new Size(amount);
  }

  /** So many gibibytes. */
  public static gibibytes(amount: number): Size {
    return new Size(amount * MIB.GiB);
  }

  /** So many tebibytes. */
  public static tebibytes(amount: number): Size {
    return new Size(amount * MIB.TiB);
  }

  private constructor(private readonly mib: number) {}

  /** In mebibytes, rounded up to whole ones. */
  public toMebibytes(): number {
    return Math.ceil(this.mib);
  }

  /** In gibibytes; may be a fraction. */
  public toGibibytes(): number {
    return this.mib / MIB.GiB;
  }

  /** As `parse` reads it, in the largest unit of which it is a whole number, or of which it has one decimal: `2GiB`, `1.2TiB`. */
  public toString(): string {
    const fits = (digits: number) => (unit: string) =>
      this.mib >= MIB[unit] && Number((this.mib / MIB[unit]).toFixed(digits)) * MIB[unit] === this.mib;
    const unit = ['TiB', 'GiB'].find(fits(0)) ?? ['TiB', 'GiB'].find(fits(1)) ?? 'MiB';
    return `${this.mib / MIB[unit]}${unit}`;
  }
}

const FIELDS: readonly { name: string; min: number; max: number }[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12 },
  { name: 'day of week', min: 0, max: 7 },
];
const ENTRY = /^(\*|\d+(-\d+)?)(\/\d+)?$/;

/**
 * When something runs by itself.
 *
 * @example
 * const mondaysAtThree = Schedule.cron('0 3 * * 1', 'Europe/Berlin');
 */
export class Schedule {
  /**
   * A cron expression of five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday).
   *
   * Numbers, ranges, lists and steps; names such as `MON` are not, because the clouds spell them differently.
   * Day of month and day of week cannot both be restricted, because the clouds disagree about what that means.
   *
   * @param expression such as `0 3 * * 1`, Mondays at three
   * @param timeZone an IANA name such as `Europe/Berlin`; UTC when not given
   */
  public static cron(expression: string, timeZone: string = 'UTC'): Schedule {
    const fields = expression.trim().split(/\s+/);
    const bad = (reason: string): never =>
      refuse('syntax', 'cron', expression, reason, 'write five fields: minute hour day month weekday, such as 0 3 * * 1');
    if (fields.length !== 5) bad(`has ${fields.length} fields`);
    fields.forEach((field, i) => {
      for (const entry of field.split(',')) {
        const [range, step] = entry.split('/');
        const numbers = range
          .split('-')
          .filter((n) => n !== '*')
          .map(Number);
        const { name, min, max } = FIELDS[i];
        if (!ENTRY.test(entry) || numbers.some((n) => n < min || n > max)) bad(`${name} '${field}' is not within ${min} to ${max}`);
        if (numbers[1] < numbers[0]) bad(`${name} '${field}' runs backwards`);
        if (step !== undefined && Number(step) === 0) bad(`${name} '${field}' steps by nothing`);
      }
    });
    if (fields[2] !== '*' && fields[4] !== '*') bad('day of month and day of week are both restricted');
    return new Schedule(fields, timeZone);
  }

  private constructor(
    private readonly fields: string[],
    /** IANA name of the time zone that the fields are in. */
    public readonly timeZone: string,
  ) {}

  /** The five fields, as Google Cloud Scheduler and Unix take them. */
  public toCron(): string {
    return this.fields.join(' ');
  }

  /** The six fields of Amazon EventBridge, whose weekdays count from 1 on Sunday: `cron(0 3 ? * 2 *)`. */
  public toEventBridge(): string {
    const [minute, hour, day, month, weekday] = this.fields;
    const days = weekday === '*' ? [day, '?'] : ['?', weekday.split(',').map(fromSunday).join(',')];
    return `cron(${[minute, hour, days[0], month, days[1], '*'].join(' ')})`;
  }
}

/** An entry of Unix weekdays as EventBridge counts them. A range over Sunday is written out, because it would run backwards there. */
function fromSunday(entry: string): string {
  const shift = (day: number): number => (day % 7) + 1;
  const [range, step] = entry.split('/');
  if (range === '*') return entry;
  const [from, to] = range.split('-').map(Number);
  if (to !== 7)
    return [
      [from, to]
        .filter((day) => day !== undefined)
        .map(shift)
        .join('-'),
      step,
    ]
      .filter(Boolean)
      .join('/');
  const days: number[] = [];
  for (let day = from; day <= to; day += Number(step ?? 1)) days.push(shift(day));
  return [...new Set(days)].join(',');
}
