// The app of cdktf.json: `npx cdktf synth`, with the declaration named by MLOPS_FILE.
import { runApp } from './cli/app';

process.exitCode = runApp(['azure', 'gcp'], process.env.MLOPS_FILE, ({ platforms }) => platforms.terraform?.synth());
