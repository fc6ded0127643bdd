import { refuse } from './errors';
import { Duration } from './units';

/** How traffic goes over to a new version. */
export enum RolloutStrategy {
  /** The new version takes all traffic as soon as it is healthy. */
  ALL_AT_ONCE = 'all-at-once',
  /** A part of the traffic first, the rest after an interval without alarm. */
  CANARY = 'canary',
  /** The new version is brought up beside the old one, tried, and exchanged. */
  BLUE_GREEN = 'blue-green',
}

/** Numbers of a canary. */
export interface CanaryOptions {
  /**
   * Share of the traffic that the new version gets first, in whole per cent from 1 to 99.
   *
   * @default 10
   */
  readonly percent?: number;
  /**
   * How long it must do without alarm before it gets the rest.
   *
   * @default - 10 minutes
   */
  readonly interval?: Duration;
}

/**
 * How traffic goes over to a new version; rolled back by the service's own alarms.
 *
 * @example
 * const rollout = Rollout.canary({ percent: 10, interval: Duration.minutes(10) });
 */
export class Rollout {
  /** All traffic at once. */
  public static allAtOnce(): Rollout {
    return new Rollout(RolloutStrategy.ALL_AT_ONCE, 100, Duration.minutes(0));
  }

  /**
   * A part first, the rest after an interval.
   *
   * @throws a problem if `percent` is not a whole number from 1 to 99, or `interval` is under a minute
   */
  public static canary(options: CanaryOptions = {}): Rollout {
    const percent = options.percent ?? 10;
    const interval = options.interval ?? Duration.minutes(10);
    if (!Number.isInteger(percent) || percent < 1 || percent > 99)
      refuse(
        'limit',
        'rollout.percent',
        percent,
        'a canary takes a whole number from 1 to 99 per cent of the traffic',
        'write percent: 10, or strategy: all-at-once',
      );
    if (interval.toMillis() < 60_000 || interval.toMinutes() > 2_880)
      refuse('limit', 'rollout.interval', interval.toString(), 'a canary runs from one minute to two days', 'write interval: 10m');
    return new Rollout(RolloutStrategy.CANARY, percent, interval);
  }

  /** Beside the old one, then exchanged. */
  public static blueGreen(): Rollout {
    return new Rollout(RolloutStrategy.BLUE_GREEN, 100, Duration.minutes(0));
  }

  private constructor(
    /** Which of the three. */
    public readonly strategy: RolloutStrategy,
    /** Share of the traffic in the first step, in per cent. */
    public readonly percent: number,
    /** How long the first step lasts; nothing but for a canary. */
    public readonly interval: Duration,
  ) {}
}
