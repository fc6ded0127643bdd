// An app of CDK with an empty stack.
const { App, Stack } = require('aws-cdk-lib/core');

const app = new App({ outdir: process.argv[2], context: require('./context.cjs'), autoSynth: false });
new Stack(app, 'empty', { env: { region: 'eu-west-1' } });
app.synth();
