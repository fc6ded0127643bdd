/** Dashboard, alarms and who is told. */
export interface MonitoringDeclaration {
  /**
   * Who is told.
   *
   * @default - nobody; alarms show on the dashboard only
   */
  readonly notify?: NotifyDeclaration;
  /**
   * What every service promises.
   *
   * @default - 99.5 % of requests succeed, 95 % of them within a second
   */
  readonly slo?: SloDeclaration;
}

/** Who is told. */
export interface NotifyDeclaration {
  /**
   * Address that gets mail about all alarms, such as `ml-oncall@example.com`. No default: it is your address.
   *
   * @pattern ^[^@\s]+@[^@\s]+\.[^@\s]+$
   */
  readonly email: string;
  /**
   * Address that gets mail about critical alarms, in place of the other, such as `pager@example.com`.
   *
   * @default - the same as email
   * @pattern ^[^@\s]+@[^@\s]+\.[^@\s]+$
   */
  readonly critical?: string;
}

/** What every service promises. */
export interface SloDeclaration {
  /**
   * Share of requests that succeed, in per cent.
   *
   * @default 99.5
   * @exclusiveMinimum 0
   * @exclusiveMaximum 100
   */
  readonly availability?: number;
  /**
   * How long requests may take.
   *
   * @default - 95 % under one second
   */
  readonly latency?: LatencyDeclaration;
}

/** How long requests may take. */
export interface LatencyDeclaration {
  /**
   * Which percentile.
   *
   * @default 95
   * @exclusiveMinimum 0
   * @exclusiveMaximum 100
   */
  readonly percentile?: number;
  /**
   * What it must stay under, such as `300ms`. No default: it is your promise.
   *
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly threshold: string;
}
