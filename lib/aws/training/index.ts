export * from './cluster';
export * from './grants';
export * from './props';
