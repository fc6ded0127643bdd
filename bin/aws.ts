// The app of cdk.json: `npx cdk synth|diff|deploy`, with the declaration named by `-c file=...` or MLOPS_FILE.
import { runApp } from './cli/app';

const context = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}') as { readonly file?: string };

process.exitCode = runApp(['aws'], context.file ?? process.env.MLOPS_FILE, ({ platforms }) => platforms.aws?.synth());
