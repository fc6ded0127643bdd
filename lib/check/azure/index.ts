import type { Rule } from '../model';
import { rule as storagePublicBlobs } from './storage-public-blobs';

/** The rules of Azure, one file each. */
export const AZURE_RULES: readonly Rule[] = [storagePublicBlobs];
