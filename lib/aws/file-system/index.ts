export * from './grants';
export * from './props';
export * from './shared';
