// The built-in template validator costs seconds a file; the strict synthesis of all examples runs it once.
process.env.CDK_VALIDATION = 'false';
process.env.JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION = '1';
process.env.JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION = '1';
