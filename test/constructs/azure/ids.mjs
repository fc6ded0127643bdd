// Names of what others own.
export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';
export const TENANT = '33333333-3333-3333-3333-333333333333';
export const CLIENT = '11111111-1111-1111-1111-111111111111';

/** Id of a resource: `Microsoft.KeyVault/vaults/acmeml`. */
export const idOf = (path) => `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/${path}`;
