import { readFileSync } from 'fs';
import { join } from 'path';
import { SUPPORT as aws } from '../../lib/aws/support';
import { SUPPORT as azure } from '../../lib/azure/support';
import { SUPPORT as gcp } from '../../lib/gcp/support';

const ROOT = join(__dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as {
  types: { [fqn: string]: { kind: string; interfaces?: string[] } };
};

/** A capability with one engine per cloud has one class name everywhere; the contract that it implements. */
const EVERYWHERE: { readonly [name: string]: string | undefined } = {
  MlNetwork: undefined,
  ArtifactStore: undefined,
  ImageRegistry: undefined,
  GpuTrainingCluster: 'ITrainingCluster',
  BuildPipeline: 'IBuildPipeline',
  Monitoring: 'IMonitoring',
  MlPlatform: undefined,
  MlPlatformStack: undefined,
};
const ENGINES = ['aws.LambdaInference', 'azure.AppServiceInference', 'gcp.CloudRunInference'];

/** The interfaces of a class, those of its own interfaces included. */
function contracts(fqn: string): string[] {
  const own = manifest.types[fqn]?.interfaces ?? [];
  return own.flatMap((i) => [i, ...contracts(i)]);
}

describe('the clouds are parallel', () => {
  test.each(['aws', 'azure', 'gcp'].flatMap((cloud) => Object.entries(EVERYWHERE).map(([name, contract]) => [cloud, name, contract])))(
    '%s has %s',
    (cloud, name, contract) => {
      const fqn = `mlops-constructs.${cloud}.${name}`;
      expect(manifest.types[fqn]).toMatchObject({ kind: 'class' });
      if (contract) expect(contracts(fqn)).toContain(`mlops-constructs.${contract}`);
    },
  );

  test.each(ENGINES)('%s is an inference service', (engine) => {
    expect(contracts(`mlops-constructs.${engine}`)).toContain('mlops-constructs.IInferenceService');
  });

  test.each(Object.entries({ aws, azure, gcp }))('%s gives a reason for whatever it does not serve exactly', (_, column) => {
    const silent = Object.entries(column).filter(([, cell]) => cell.level !== 'mapped' && !cell.reason);
    expect(silent).toEqual([]);
  });

  test.each(Object.entries({ aws, azure, gcp }))('%s names the service behind whatever it serves', (_, column) => {
    expect(Object.entries(column).filter(([, cell]) => cell.level !== 'refused' && !cell.by)).toEqual([]);
  });
});
