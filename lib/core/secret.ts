import { IConstruct } from 'constructs';
import { Environment } from './environment';

/** What a secret takes on every cloud. */
export interface SecretBaseProps {
  /**
   * What it is, for whoever has to put its value, such as `token of the Hugging Face hub`.
   *
   * @default - none
   */
  readonly description?: string;
  /**
   * What it is for; chooses retention and protection.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A value that programs get and that no template, output or log holds, on any cloud. */
export interface ISecretBase extends IConstruct {
  /** The exact command that puts a value into it. The value is read from standard input, so that no shell history holds it. */
  readonly putCommand: string;
}
