import { Construct } from 'constructs';
import { parity } from '../../lib/core/parity';

function tree(): { root: Construct; service: Construct; inner: Construct } {
  const root = new Construct(undefined as never, '');
  const service = new Construct(new Construct(root, 'Stack'), 'Predict');
  return { root, service, inner: new Construct(service, 'Inner') };
}

test('a note is shown under the declared path of its construct, or of the nearest above it', () => {
  const { root, service, inner } = tree();
  parity.declare(service, 'inference.predict');
  parity.mapped(service, 'aws', '', 'AWS Lambda');
  parity.approximated(inner, 'aws', 'rollout.percent', 'a canary of 10 per cent', 'CodeDeploy knows few steps');
  expect(parity.report(root)).toEqual([
    { cloud: 'aws', path: 'inference.predict', kind: 'mapped', became: 'AWS Lambda' },
    {
      cloud: 'aws',
      path: 'inference.predict.rollout.percent',
      kind: 'approximated',
      became: 'a canary of 10 per cent',
      reason: 'CodeDeploy knows few steps',
    },
  ]);
});

test('a construct that stands alone is shown under its own path', () => {
  const { root, service } = tree();
  parity.mapped(service, 'gcp', 'cpu', '1 vCPU');
  expect(parity.report(root)[0].path).toBe('Stack/Predict.cpu');
});

test('the report is in the order of cloud and path, whatever the order of the notes', () => {
  const { root, service } = tree();
  parity.declare(service, 'inference.predict');
  parity.refused(service, 'gcp', 'b', 'nothing', 'left out');
  parity.mapped(service, 'gcp', 'a', 'x');
  parity.mapped(service, 'azure', 'z', 'x');
  expect(parity.report(root).map((e) => `${e.cloud} ${e.path}`)).toEqual([
    'azure inference.predict.z',
    'gcp inference.predict.a',
    'gcp inference.predict.b',
  ]);
});

test('notes of one tree are not seen in another, and leave nothing in the tree', () => {
  const one = tree();
  parity.mapped(one.service, 'aws', '', 'x');
  expect(parity.report(tree().root)).toEqual([]);
  expect(one.service.node.metadata).toEqual([]);
});

test('what several constructs say alike is said once', () => {
  const { root, service, inner } = tree();
  parity.declare(service, 'monitoring');
  parity.declare(inner, 'monitoring');
  parity.mapped(service, 'aws', 'slo', 'objectives');
  parity.mapped(inner, 'aws', 'slo', 'objectives');
  parity.mapped(inner, 'gcp', 'slo', 'objectives');
  expect(parity.report(root).map((e) => `${e.cloud} ${e.path}`)).toEqual(['aws monitoring.slo', 'gcp monitoring.slo']);
});
