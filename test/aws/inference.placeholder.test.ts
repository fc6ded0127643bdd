import { ChildProcess, spawn } from 'child_process';
import { createServer } from 'net';
import { join } from 'path';

const SERVER = join(__dirname, '..', '..', 'runtime', 'placeholder', 'server.py');

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

describe('the placeholder', () => {
  let process_: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    process_ = spawn('python3', [SERVER], { env: { ...process.env, PORT: String(port) }, stdio: 'ignore' });
    for (let i = 0; i < 100; i++) {
      if (
        await fetch(`${url}/`).then(
          () => true,
          () => false,
        )
      )
        return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error('it did not start');
  }, 10_000);

  afterAll(() => void process_.kill());

  test.each(['/health', '/ready'])('is healthy at %s, whatever the service calls it', async (path) => {
    const answer = await fetch(url + path);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'placeholder' }]);
  });

  test('predicts nothing, and says why', async () => {
    const answer = await fetch(`${url}/predict`, { method: 'POST', body: '{}' });
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { error: 'no version of the application is deployed yet; run its pipeline' },
    ]);
  });
});
