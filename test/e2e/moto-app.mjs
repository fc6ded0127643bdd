// The AWS stack of one declaration, for the cdk CLI against moto. The bootstrap version rule is left out because moto cannot update a stack that has it.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { App, DefaultStackSynthesizer } = require('aws-cdk-lib/core');
const { aws } = require('mlops-constructs');
const { load } = require('../../bin/cli/load.js');

const { declaration } = load(process.env.MLOPS_FILE);
const app = new App({ defaultStackSynthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) });
new aws.MlPlatformStack(app, `${declaration.name}-${declaration.environment ?? 'dev'}`, declaration);
app.synth();
