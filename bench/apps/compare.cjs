// One comparison after a start: the code and the facts about all types are loaded by a pair of one resource. BEFORE and AFTER.
const { compare, read, readPair } = require('../../lib/review/index.js');

const used = () => process.resourceUsage().userCPUTime / 1000;
const [before, after] = process.argv.slice(2);
const [{ kind, cloud }] = read(before);
const one = (name) => {
  const body =
    kind === 'terraform'
      ? { resource: { google_pubsub_topic: { a: { name } } } }
      : { Resources: { A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name } } } };
  return [{ kind, cloud, stack: 's', file: 'f', body, paths: new Map() }];
};
compare(one('a'), one('b'));
const started = used();
const pair = readPair(before, after);
const { changes } = compare(pair.before, pair.after);

globalThis.benchMarks = { compare: used() - started, changes: changes.length };
