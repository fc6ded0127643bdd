import { IConstruct } from 'constructs';

/** Where data, checkpoints, models and captured requests live, on any cloud. */
export interface IArtifactStoreBase extends IConstruct {
  /**
   * URI of a folder in the store, as programs in this cloud open it: `s3://...`, `abfss://...`, `gs://...`.
   *
   * @param prefix such as `models`; the whole store when not given
   */
  uri(prefix?: string): string;
}
