export * from './build-pipeline';
export * from './source-repository';
