import { Report } from '../model';
import { Verdict } from '../policy';
import { renderHtml } from './html';
import { renderJson } from './json';
import { renderMarkdown } from './markdown';
import { renderText, TextOptions } from './text';

/** What a report can be written as. */
export const FORMATS = ['text', 'markdown', 'json', 'html'] as const;
export type Format = (typeof FORMATS)[number];

/** Writes a report, with what the policy says about it. */
export function render(format: Format, report: Report, verdict: Verdict, options: TextOptions): string {
  if (format === 'markdown') return renderMarkdown(report, verdict);
  if (format === 'json') return renderJson(report, verdict);
  return format === 'html' ? renderHtml(report, verdict) : renderText(report, verdict, options);
}
