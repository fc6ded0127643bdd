export * from './props';
export * from './service';
export * from './target';
export * from './tracking';
