export * from './cluster';
export * from './cluster-props';
export * from './cluster-types';
export * from './workspace';
