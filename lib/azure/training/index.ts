export * from './cluster-types';
