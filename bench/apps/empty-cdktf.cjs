// An app of cdktf with an empty stack.
const { App, LocalBackend, TerraformStack } = require('cdktf');

const app = new App({ outdir: process.argv[2], stackTraces: false });
new LocalBackend(new TerraformStack(app, 'empty'), {});
app.synth();
