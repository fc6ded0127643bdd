// The package as a whole, of which nothing is used; says which libraries of clouds came with it.
require('../../lib/index.js');

globalThis.benchMarks = {
  loaded: Object.keys(require.cache).filter((file) => /node_modules.(aws-cdk-lib|cdktf|@cdktf)/.test(file)).length,
};
