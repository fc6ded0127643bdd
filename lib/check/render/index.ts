import type { Colors } from 'picocolors/types';
import type { CheckReport } from '../model';
import { renderMarkdown } from './markdown';
import { renderSarif } from './sarif';
import { renderText } from './text';

export { summary } from './text';

/** How a report can be written. */
export const CHECK_FORMATS = ['text', 'json', 'sarif', 'markdown'] as const;
/** How a report is written. */
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** What a terminal can do. */
export interface CheckView {
  readonly paint: Colors;
  /** Acknowledged and unknown findings are shown too. */
  readonly verbose?: boolean;
  /** Version of this package. */
  readonly version: string;
  /** The folder that files are named from. */
  readonly cwd: string;
}

/** A report as text of some format. */
export function renderCheck(format: CheckFormat, report: CheckReport, view: CheckView): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'sarif') return renderSarif(report, view);
  return format === 'markdown' ? renderMarkdown(report) : renderText(report, view);
}
