export * from './feature-store';
export * from './online-store';
export * from './props';
