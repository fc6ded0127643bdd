import { Checks, isUnresolved } from '../../core/errors';

/** Refuses what is not the name of a key of Cloud KMS. */
export function checkKey(checks: Checks, kmsKeyName: string | undefined): void {
  if (kmsKeyName === undefined || isUnresolved(kmsKeyName)) return;
  checks.require(
    /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(kmsKeyName),
    'syntax',
    'kmsKeyName',
    kmsKeyName,
    'not the name of a key',
    'write projects/P/locations/R/keyRings/K/cryptoKeys/C',
  );
}
