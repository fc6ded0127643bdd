import { refuse } from '../../core/errors';
import { Schedule } from '../../core/units';
import { windowsTimeZone } from './time-zone';

/** When a Logic App starts, as its recurrence trigger takes it. */
export interface Recurrence {
  readonly frequency: 'Day' | 'Week' | 'Month';
  readonly interval: 1;
  /** In the past, so that nothing starts at the deployment itself. */
  readonly startTime: string;
  readonly timeZone: string;
  readonly schedule: {
    readonly minutes: number[];
    readonly hours: number[];
    readonly weekDays?: string[];
    readonly monthDays?: number[];
  };
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const START = '2024-01-01T00:00:00';

/**
 * A cron schedule in the words of Logic Apps.
 *
 * @throws a problem if the schedule is restricted to some months, or the time zone is unknown
 */
export function recurrence(schedule: Schedule): Recurrence {
  const [minute, hour, day, month, weekday] = schedule.toCron().split(' ');
  if (month !== '*')
    refuse(
      'unsupported',
      'schedule.cron',
      schedule.toCron(),
      'a schedule of Azure Logic Apps cannot be restricted to some months',
      'write * for the month',
    );
  const times = { minutes: expand(minute, 0, 59), hours: expand(hour, 0, 23) };
  const common = { interval: 1, startTime: START, timeZone: windowsTimeZone(schedule.timeZone) } as const;
  if (weekday !== '*') {
    const weekDays = [...new Set(expand(weekday, 0, 7).map((d) => WEEKDAYS[d % 7]))];
    return { frequency: 'Week', ...common, schedule: { ...times, weekDays } };
  }
  if (day !== '*') return { frequency: 'Month', ...common, schedule: { ...times, monthDays: expand(day, 1, 31) } };
  return { frequency: 'Day', ...common, schedule: times };
}

/** All values of one field of a cron expression. */
function expand(field: string, min: number, max: number): number[] {
  const values = field.split(',').flatMap((entry) => {
    const [range, step] = entry.split('/');
    const [from, to] = range === '*' ? [min, max] : range.split('-').map(Number);
    const last = to ?? (step === undefined ? from : max);
    const every = Number(step ?? 1) || 1;
    return Array.from({ length: Math.max(0, Math.floor((last - from) / every) + 1) }, (_, i) => from + i * every);
  });
  return [...new Set(values)].sort((a, b) => a - b);
}
