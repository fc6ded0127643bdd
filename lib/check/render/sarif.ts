import { relative, sep } from 'path';
import type { CheckReport, Finding, Severity } from '../model';

const LEVEL: { readonly [s in Severity]: string } = { high: 'error', medium: 'warning', low: 'note' };
/** What GitHub ranks alerts by. */
const SECURITY_SEVERITY: { readonly [s in Severity]: string } = { high: '8.0', medium: '5.0', low: '2.0' };

/** SARIF 2.1.0, which code scanning takes. What was acknowledged is in it as suppressed. */
export function renderSarif(report: CheckReport, version: string): string {
  const rules = [...new Map(report.findings.map((f) => [f.rule, f])).values()].sort((a, b) => (a.rule < b.rule ? -1 : 1));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'mlops check', version, rules: rules.map(ruleOf) } },
        results: report.findings
          .filter((f) => f.state !== 'unknown')
          .map((f) =>
            resultOf(
              f,
              rules.findIndex((r) => r.rule === f.rule),
            ),
          ),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(f: Finding): object {
  return {
    id: f.rule,
    shortDescription: { text: f.what },
    fullDescription: { text: [f.what, f.why].filter(Boolean).join(' ') },
    ...(f.mend ? { help: { text: f.mend } } : {}),
    ...(f.link ? { helpUri: f.link } : {}),
    defaultConfiguration: { level: LEVEL[f.severity] },
    properties: { 'security-severity': SECURITY_SEVERITY[f.severity], tags: ['security'] },
  };
}

function resultOf(f: Finding, ruleIndex: number): object {
  return {
    ruleId: f.rule,
    ruleIndex,
    level: LEVEL[f.severity],
    message: { text: `${f.path ?? f.address}: ${[f.what, f.mend].filter(Boolean).join(' ')}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(f.file) }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: f.path ?? f.address, kind: 'resource' }],
      },
    ],
    // The same finding in another run, whatever else changed.
    partialFingerprints: { 'resource/v1': `${f.stack}:${f.rule}:${f.address}` },
    ...(f.state === 'acknowledged' ? { suppressions: [{ kind: 'inSource', justification: f.reason }] } : {}),
  };
}

function uriOf(file: string): string {
  const near = relative(process.cwd(), file);
  return (near.startsWith('..') ? file : near).split(sep).join('/');
}
