export { GpuTrainingCluster } from './cluster';
export { GpuTrainingClusterGrants } from './grants';
export * from './props';
