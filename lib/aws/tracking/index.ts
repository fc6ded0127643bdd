export * from './grants';
export * from './metrics';
export * from './props';
export * from './tracking';
