export * from './cloud-run';
export * from './service';
