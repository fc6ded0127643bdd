export * from './cluster';
export * from './props';
export * from './service';
