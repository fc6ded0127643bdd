// Names of what others own.
export const PROJECT = 'acme-ml-dev';
export const REGION = 'europe-west4';
/** What every construct is told of where it is. */
export const PLACE = { project: PROJECT, region: REGION };
export const KEY = `projects/${PROJECT}/locations/${REGION}/keyRings/ml/cryptoKeys/ml`;
