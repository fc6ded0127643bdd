export * from './compare';
export * from './model';
export * from './planned';
export * from './policy';
export { read, readDocument, readPair } from './read';
export * from './render';
export { outcome } from './render/text';
