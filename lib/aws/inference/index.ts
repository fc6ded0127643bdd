export * from './deployable';
export * from './grants';
export * from './lambda';
export * from './lambda-props';
export * from './metered';
