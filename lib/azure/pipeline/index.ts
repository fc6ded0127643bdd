export * from './build-pipeline';
export * from './props';
