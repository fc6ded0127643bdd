// What every CDK app of a comparison is told, as `mlops synth` does.
module.exports = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  '@aws-cdk/core:appMode': 'inmemory',
  'aws:cdk:disable-creation-stack-traces': true,
  'aws:cdk:disable-stack-trace': true,
};
