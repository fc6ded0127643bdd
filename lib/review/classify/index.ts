import { Change, CLASSES, Finding } from '../model';
import { findAws } from './aws';
import { findAzure } from './azure';
import { findCommon } from './common';
import { findGcp } from './gcp';

const BY_CLOUD: { readonly [cloud: string]: (change: Change) => Finding[] } = { aws: findAws, azure: findAzure, gcp: findGcp };

/** Says what a change means: which classes it is in, and why. */
export function classify(change: Change): Change {
  const known = [...change.findings, ...(BY_CLOUD[cloudOf(change.type)]?.(change) ?? [])];
  const findings = [...known, ...findCommon(change, known)];
  return { ...change, findings: findings.sort((a, b) => CLASSES.indexOf(a.class) - CLASSES.indexOf(b.class)) };
}

// By type, not by stack: a Terraform stack may hold resources of both.
function cloudOf(type: string): string {
  return type.startsWith('AWS::') || type.startsWith('Custom::')
    ? 'aws'
    : type.startsWith('azurerm_')
      ? 'azure'
      : type.startsWith('google_')
        ? 'gcp'
        : '';
}
