// A stack that is there already, put through cdktf without a type: as cheap as cdktf can write it. FILE, the folder to write into.
const { readFileSync } = require('node:fs');
const { App, TerraformStack } = require('cdktf');

const [file, outdir] = process.argv.slice(2);
const app = new App({ outdir, stackTraces: false });
const stack = new TerraformStack(app, 'replay');
for (const [key, value] of Object.entries(JSON.parse(readFileSync(file, 'utf8')))) if (key !== '//') stack.addOverride(key, value);
app.synth();
