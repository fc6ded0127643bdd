// A platform on one cloud, as an app of our own users makes it: CLOUD, a file of the declaration, the folder to write into.
const { readFileSync } = require('node:fs');

const [cloud, file, outdir] = process.argv.slice(2);
const declaration = JSON.parse(readFileSync(file, 'utf8'));
const name = `${declaration.name}-${declaration.environment}${cloud === 'aws' ? '' : `-${cloud}`}`;
const library = require(`../../lib/${cloud}/index.js`);
const { App } = require(cloud === 'aws' ? 'aws-cdk-lib/core' : 'cdktf');
const loaded = process.resourceUsage().userCPUTime / 1000;

const app =
  cloud === 'aws' ? new App({ outdir, context: require('./context.cjs'), autoSynth: false }) : new App({ outdir, stackTraces: false });
new library.MlPlatformStack(app, name, declaration);
const constructed = process.resourceUsage().userCPUTime / 1000;
app.synth();

globalThis.benchMarks = { loaded, constructed };
