import { execFile } from 'child_process';
import { createServer, Server } from 'http';
import { AddressInfo } from 'net';
import { promisify } from 'util';
import { SharedFileSystem } from '../../lib/azure/file-system';
import { Secret } from '../../lib/azure/secret';
import { ArtifactStore } from '../../lib/azure/storage';
import { GpuTrainingCluster, GpuTrainingClusterProps, TrainingWorkspace } from '../../lib/azure/training';
import { readingSecrets } from '../../lib/azure/training/at-start';
import { quote } from '../../lib/azure/training/job';
import { Accelerator, ContainerImage, FileSystemKind, Schedule } from '../../lib/core';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeNetwork, SUBSCRIPTION } from './helper';
import { synthWithJobs } from './jobs';

const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
const VAULT = `${ID}/Microsoft.KeyVault/vaults/acme`;
type Needs = Pick<GpuTrainingClusterProps, 'mounts' | 'secrets' | 'env' | 'schedule'>;

const cluster = (needs: (stack: FakeGroup) => Needs) =>
  synthWithJobs((stack) => {
    const group = new FakeGroup(stack, 'Group');
    new GpuTrainingCluster(stack, 'Train', {
      resourceGroup: group,
      network: new FakeNetwork(stack, 'Network'),
      artifacts: ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', {
        storageAccountId: `${ID}/Microsoft.Storage/storageAccounts/acmedata`,
      }),
      workspace: TrainingWorkspace.fromTrainingWorkspaceAttributes(stack, 'Workspace', {
        workspaceId: `${ID}/Microsoft.MachineLearningServices/workspaces/ws`,
      }),
      image: ContainerImage.fromReference('ghcr.io/acme/train:1.0'),
      command: ['python', 'train.py'],
      accelerator: Accelerator.T4,
      ...needs(group),
    });
  });
const home = (stack: FakeGroup, kind = FileSystemKind.POSIX) =>
  SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Home', { kind, host: 'acme.file.core.windows.net', exportPath: '/acme/home' });
const token = (stack: FakeGroup) => Secret.fromSecretAttributes(stack, 'Token', { vaultId: VAULT, secretName: 'hub' });

describe('a job', () => {
  test('mounts file systems before its program starts, and may do so', () => {
    const { job } = cluster((s) => ({ mounts: { '/mnt/home': home(s) } }));
    expect(job.resources.docker_args).toBe('--cap-add SYS_ADMIN --security-opt apparmor=unconfined');
    expect(job.command).toMatch(
      /mkdir -p \/mnt\/home && mount -t nfs -o vers=4,minorversion=1,\S+ acme\.file\.core\.windows\.net:\/acme\/home \/mnt\/home && python train\.py$/,
    );
    expect(job.command).toContain('the image has no NFS client: install nfs-common');
  });

  test('mounts none otherwise, and may not', () => {
    const { job } = cluster(() => ({}));
    expect(job.resources).not.toHaveProperty('docker_args');
    expect(job.command).toBe('export AZURE_CLIENT_ID="$DEFAULT_IDENTITY_CLIENT_ID" && python train.py');
  });

  test('that starts by itself does the same', () => {
    const s = cluster((stack) => ({
      mounts: { '/mnt/home': home(stack) },
      secrets: { HF_TOKEN: token(stack) },
      schedule: Schedule.cron('0 3 * * *'),
    }));
    const { body } = s.only('azurerm_logic_app_action_custom');
    expect(body).toContain('"dockerArgs":"--cap-add SYS_ADMIN');
    expect(body).toContain('HF_TOKEN=https://acme.vault.azure.net/secrets/hub');
  });

  test('gets secrets by the identity of its machine, which may read these alone', () => {
    const s = cluster((stack) => {
      const secret = token(stack);
      return { secrets: { HF_TOKEN: secret, HUGGING_FACE_HUB_TOKEN: secret } };
    });
    expect(s.job.command).toContain('HF_TOKEN=https://acme.vault.azure.net/secrets/hub HUGGING_FACE_HUB_TOKEN=https://');
    expect(Object.keys(s.job.environment_variables)).not.toContain('HF_TOKEN');
    const granted = s.all('azurerm_role_assignment').filter((r) => r.role_definition_name === 'Key Vault Secrets User');
    expect(granted).toMatchObject([{ scope: `${VAULT}/secrets/hub` }]);
  });
});

describe('is refused', () => {
  test.each<[string, (s: FakeGroup) => Needs, object]>([
    [
      'a parallel file system',
      (s) => ({ mounts: { '/mnt/fast': home(s, FileSystemKind.PARALLEL) } }),
      {
        code: 'unsupported',
        prop: 'mounts',
        value: '/mnt/fast',
        reason:
          'machines of an Azure ML compute cluster lack the Lustre client, a module of the kernel that a container cannot bring along',
        instead: 'mount a file system of kind posix, or leave it out on Azure',
      },
    ],
    ['a path that a shell would read', (s) => ({ mounts: { '/mnt/$HOME': home(s) } }), { code: 'syntax', prop: 'mounts' }],
    ['a variable of the contract', (s) => ({ secrets: { ML_DATA_URI: token(s) } }), { prop: 'secrets.ML_DATA_URI' }],
    ['a variable that is none', (s) => ({ secrets: { 'A-B': token(s) } }), { code: 'name', prop: 'secrets.A-B' }],
    ['a variable that env sets', (s) => ({ secrets: { A: token(s) }, env: { A: '1' } }), { code: 'conflict', prop: 'secrets.A' }],
  ])('%s', (_, needs, problem) => {
    expect(problemsOf(() => cluster(needs))).toMatchObject([problem]);
  });
});

describe('the command that reads secrets', () => {
  let server: Server;
  const asked: string[] = [];
  beforeAll((done) => {
    // The identity's endpoint and the vault in one.
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.secret ?? request.headers.authorization}`);
      const found = !request.url!.startsWith('/secrets/missing');
      response.writeHead(found ? 200 : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(request.url!.startsWith('/msi') ? { access_token: 'T' } : { value: "it's $HOME\nand `more`" }));
    }).listen(0, '127.0.0.1', done);
  });
  afterAll((done) => void server.close(done));

  const run = (name: string) => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const command = [...readingSecrets({ TOKEN: `${base}/secrets/${name}` }, quote), 'printf %s "$TOKEN" | od -c -An', 'env'].join(' && ');
    const env = { PATH: process.env.PATH, MSI_ENDPOINT: `${base}/msi`, MSI_SECRET: 'S', AZURE_CLIENT_ID: 'C' };
    return promisify(execFile)('sh', ['-c', command], { env });
  };

  test('puts what the vault says into the variable, whatever it is', async () => {
    const { stdout, stderr } = await run('hub');
    expect(stdout.split('\n').slice(0, 2).join('').replace(/\s+/g, '')).toBe("it's$HOME\\nand`more`");
    expect(stderr).toBe('');
    expect(stdout).not.toContain('ml_secrets');
    expect(asked).toEqual([
      '/msi?api-version=2017-09-01&resource=https://vault.azure.net&clientid=C S',
      '/secrets/hub?api-version=7.4 Bearer T',
    ]);
  });

  test('stops a job whose secret has no value yet, and says so', async () => {
    await expect(run('missing')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /secret http:\S+\/secrets\/missing of TOKEN has no value yet: put one by the command of the output PutCommand/,
      ),
    });
  });
});
