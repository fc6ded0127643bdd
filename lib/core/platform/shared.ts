/** A cloud, as the declaration names it. */
export enum Cloud {
  /** Amazon Web Services. */
  AWS = 'aws',
  /** Microsoft Azure. */
  AZURE = 'azure',
  /** Google Cloud. */
  GCP = 'gcp',
}

/** How a platform on AWS is spread over CloudFormation stacks, each of which takes 500 resources and 200 outputs. */
export enum StackLayout {
  /** All of it in one stack: some 15 services. */
  ONE = 'one',
  /** A stack for each entry of `training`, `inference` and `pipelines`, beside one for all that they share. */
  PER_ENTRY = 'per-entry',
}

/** Which GPU: by need (`memoryGib`) or by name (`type`), not both. */
export interface AcceleratorDeclaration {
  /**
   * Least memory of one GPU in GiB; each cloud takes the smallest it has.
   *
   * @default - any
   * @minimum 1
   */
  readonly memoryGib?: number;
  /**
   * Name in the catalogue, such as `L4` or `A100_80GB`.
   *
   * @default - chosen by `memoryGib`
   */
  readonly type?: string;
  /**
   * GPUs per machine.
   *
   * @default 1
   * @minimum 1
   * @maximum 16
   * @TJS-type integer
   */
  readonly count?: number;
}
