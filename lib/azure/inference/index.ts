export * from './app-service';
export * from './props';
export * from './service';
