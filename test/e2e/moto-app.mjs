// The AWS stacks of one declaration, or of a program that exports one, for the cdk CLI against moto: what users get, changed where moto 5.2.1
// cannot follow, and only there.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { App, DefaultStackSynthesizer } = require('aws-cdk-lib/core');
const { aws } = require('mlops-constructs');
const { load } = require('../../bin/cli/load.js');
const { AWS_CONTEXT } = require('../../bin/cli/platforms.js');

/** Types that moto drops; it removes whatever refers to them, too, so references become text. */
const UNKNOWN = new Set(JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'moto-unknown.json'), 'utf8')));
/** Types whose ARN moto gives for `Ref` only. AWS gives it for both. */
const REF_IS_ARN = new Set(['AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobQueue', 'AWS::Batch::JobDefinition']);
/** What moto cannot take as it is, by type. */
const CHANGES = {
  // Fails where no name is given; AWS makes one.
  'AWS::ECR::Repository': (r) => (r.Properties.RepositoryName = 'housing-dev'),
  // Takes neither CDK's spelling nor a compute environment without a service role, for which AWS takes its service-linked one.
  'AWS::Batch::ComputeEnvironment': (r, resources) => {
    const [anyRole] = Object.entries(resources).find(([, x]) => x.Type === 'AWS::IAM::Role');
    r.Properties.Type = r.Properties.Type.toUpperCase();
    r.Properties.ServiceRole ??= { 'Fn::GetAtt': [anyRole, 'Arn'] };
  },
  // Permissions are on the alias, which moto does not know.
  'AWS::Lambda::Permission': (r, resources) => {
    const [served] = Object.entries(resources).find(([, x]) => x.Properties?.PackageType === 'Image');
    r.Properties.FunctionName = { 'Fn::GetAtt': [served, 'Arn'] };
  },
  // Fails on a parameter group, and makes no secret for the password.
  'AWS::RDS::DBInstance': (r) => delete r.Properties.DBParameterGroupName,
  // Fails on the tags of a key.
  'AWS::KMS::Key': (r) => delete r.Properties.Tags,
  // Never deletes route tables, and therefore no network.
  'AWS::EC2::VPC': (r) => (r.DeletionPolicy = 'Retain'),
};

// The rule is left out because moto cannot update a stack that has it.
const app = new App({
  context: AWS_CONTEXT,
  defaultStackSynthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
});
if (process.env.MLOPS_FILE.endsWith('.js')) composed();
else declared();

// It knows no Fn::GetStackOutput, so that what another stack reads is exported and imported.
const exportName = (stack, output) => `${stack}:${output}`;
const { stacks } = app.synth();
const read = new Set();
const templates = stacks.map(({ templateFullPath }) => JSON.parse(readFileSync(templateFullPath, 'utf8'), noting));
for (const [i, { stackName, templateFullPath }] of stacks.entries())
  writeFileSync(templateFullPath, JSON.stringify(changed(stackName, templates[i]), null, 1));

function declared() {
  const { declaration } = load(process.env.MLOPS_FILE);
  new aws.MlPlatformStack(app, `${declaration.name}-${declaration.environment ?? 'dev'}`, declaration);
}

function composed() {
  new (require(process.env.MLOPS_FILE).PricingStack)(app, 'pricing', { env: { region: 'eu-west-1' } });
}

function noting(key, value) {
  if (key !== 'Fn::GetStackOutput') return value;
  const name = exportName(value.StackName, value.OutputName);
  read.add(name);
  return name;
}

function changed(stackName, template) {
  for (const r of Object.values(template.Resources)) CHANGES[r.Type]?.(r, template.Resources);
  // Custom resources wait for a Lambda function that runs, which takes a Docker engine.
  const custom = Object.keys(template.Resources).filter((id) => template.Resources[id].Type.startsWith('Custom::'));
  for (const id of custom) delete template.Resources[id];
  for (const r of Object.values(template.Resources))
    if (Array.isArray(r.DependsOn)) r.DependsOn = r.DependsOn.filter((d) => !custom.includes(d));
  const type = (id) => template.Resources[id]?.Type;
  const Resources = rewired(template.Resources, type);
  const Outputs = rewired(template.Outputs ?? {}, type);
  for (const [id, output] of Object.entries(Outputs))
    if (read.has(exportName(stackName, id))) output.Export = { Name: exportName(stackName, id) };
  return { ...template, Resources, Outputs };
}

function rewired(o, type) {
  if (Array.isArray(o)) return o.map((v) => rewired(v, type));
  if (o === null || typeof o !== 'object') return o;
  if (o['Fn::GetStackOutput']) return { 'Fn::ImportValue': o['Fn::GetStackOutput'] };
  if (type(o.Ref) === 'AWS::SecretsManager::Secret') return `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${o.Ref}`;
  if (type(o.Ref) === 'AWS::Lambda::Alias') return `arn:aws:lambda:eu-west-1:123456789012:function:${o.Ref}:live`;
  if (typeof o.Ref === 'string' && UNKNOWN.has(type(o.Ref))) return 'unknown-to-moto';
  const [id] = o['Fn::GetAtt'] ?? [];
  if (type(id) === 'AWS::RDS::DBInstance' && /^MasterUserSecret/.test(o['Fn::GetAtt'][1]))
    return 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:made-by-rds-AbCdEf';
  // Has no attributes of it.
  if (type(id) === 'AWS::EFS::FileSystem') return `arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-${id.length}`;
  if (type(id) === 'AWS::Lambda::Url') return `https://${id.toLowerCase()}.lambda-url.eu-west-1.on.aws/`;
  if (UNKNOWN.has(type(id))) return `arn:aws:moto:eu-west-1:123456789012:unknown/${id}`;
  if (REF_IS_ARN.has(type(id))) return { Ref: id };
  return Object.fromEntries(Object.entries(o).map(([k, v]) => [k, rewired(v, type)]));
}
