export * from './cluster';
export * from './cluster-props';
export * from './cluster-types';
export {
  ITrainingWorkspace,
  TrainingWorkspace,
  TrainingWorkspaceAttributes,
  TrainingWorkspaceGrants,
  TrainingWorkspaceProps,
} from './workspace';
