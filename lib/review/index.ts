export * from './compare';
export * from './model';
export * from './policy';
export * from './read';
export * from './render';
export { outcome } from './render/text';
