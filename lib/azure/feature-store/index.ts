export * from './feature-store';
export * from './props';
export * from './workspace';
export * from './workspace-props';
