import type { Rule } from '../model';
import { rule as storagePublicAccess } from './storage-public-access';

/** The rules of Google Cloud, one file each. */
export const GCP_RULES: readonly Rule[] = [storagePublicAccess];
