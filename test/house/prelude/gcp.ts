// What the examples of the Google Cloud room take for granted: names to import, and what the user owns.
import { TerraformStack } from 'cdktf';

export * as gcp from 'mlops-constructs/gcp';
export * as cdktf from 'cdktf';

export type This = TerraformStack;
