// A template that is there already, put through CDK without a type: as cheap as CDK can write it. TEMPLATE, the folder to write into.
const { readFileSync } = require('node:fs');
const { App, CfnOutput, CfnResource, Stack } = require('aws-cdk-lib/core');

const [file, outdir] = process.argv.slice(2);
const { Resources, Outputs = {}, Description } = JSON.parse(readFileSync(file, 'utf8'));
const app = new App({ outdir, context: require('./context.cjs'), autoSynth: false });
const stack = new Stack(app, 'replay', { env: { region: 'eu-west-1' }, description: Description });
for (const [id, { Type, Properties, Metadata: _, ...rest }] of Object.entries(Resources)) {
  const resource = new CfnResource(stack, id, { type: Type, properties: Properties });
  for (const [key, value] of Object.entries(rest)) resource.addOverride(key, value);
}
for (const [id, { Value, Description: description, Export }] of Object.entries(Outputs))
  new CfnOutput(stack, id, {
    value: { resolve: () => Value, creationStack: [], toString: () => '' },
    description,
    exportName: Export?.Name,
  });
app.synth();
