import { relative, sep } from 'path';
import { pathToFileURL } from 'url';
import type { CheckReport, Finding, Severity } from '../model';
import type { CheckView } from './index';

const LEVEL: { readonly [s in Severity]: string } = { high: 'error', medium: 'warning', low: 'note' };
/** What GitHub ranks alerts by. */
const SECURITY_SEVERITY: { readonly [s in Severity]: string } = { high: '8.0', medium: '5.0', low: '2.0' };

/** SARIF 2.1.0, which code scanning takes. What was acknowledged is in it as suppressed. */
export function renderSarif(report: CheckReport, { version, cwd }: CheckView): string {
  const shown = report.findings.filter((f) => f.state !== 'unknown');
  const rules = [...new Map(shown.map((f) => [idOf(f), f])).values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'mlops check', version, rules: rules.map(ruleOf) } },
        results: shown.map((f) =>
          resultOf(
            f,
            rules.findIndex((r) => idOf(r) === idOf(f)),
            cwd,
          ),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** The rule without what of a policy breaks it, which cdk-nag puts into brackets. */
function idOf(f: Finding): string {
  return f.rule.replace(/\[.*$/s, '');
}

function ruleOf(f: Finding): object {
  return {
    id: idOf(f),
    shortDescription: { text: f.what },
    fullDescription: { text: [f.what, f.why].filter(Boolean).join(' ') },
    ...(f.mend ? { help: { text: f.mend } } : {}),
    ...(f.link ? { helpUri: f.link } : {}),
    defaultConfiguration: { level: LEVEL[f.severity] },
    properties: { 'security-severity': SECURITY_SEVERITY[f.severity], tags: ['security'] },
  };
}

function resultOf(f: Finding, ruleIndex: number, cwd: string): object {
  return {
    ruleId: idOf(f),
    ruleIndex,
    level: LEVEL[f.severity],
    message: { text: `${f.path ?? f.address}${f.rule.slice(idOf(f).length)}: ${[f.what, f.mend].filter(Boolean).join(' ')}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(f.file, cwd) }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: f.path ?? f.address, kind: 'resource' }],
      },
    ],
    // The same finding in another run, whatever else changed.
    partialFingerprints: { 'resource/v1': `${f.stack}:${f.rule}:${f.address}` },
    ...(f.state === 'acknowledged' ? { suppressions: [{ kind: 'inSource', justification: f.reason }] } : {}),
  };
}

/** From the folder that the command runs in, which is the repository in a pipeline; or the whole address of what lies outside of it. */
function uriOf(file: string, cwd: string): string {
  const near = relative(cwd, file);
  return near.startsWith('..') ? pathToFileURL(file).href : encodeURI(near.split(sep).join('/'));
}
