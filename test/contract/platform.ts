import { join } from 'path';
import { Construct } from 'constructs';
import { Environment, MlPlatformProps } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { RUNBOOK } from '../../lib/core/monitoring';
import { Rendered, Room, problemsOf } from './room';

/** What the suite asks of one cloud's `MlPlatform`. */
export interface PlatformSubject extends Room {
  make(stack: Construct, id: string, props: MlPlatformProps): Construct;
  /** Descriptions of all alarms. */
  alarmTexts(rendered: Rendered): readonly string[];
  /** Addresses that alarms are mailed to. */
  mailedTo(rendered: Rendered): readonly string[];
  /** Type names that the example must contain: the engine of each capability. */
  readonly engines: readonly string[];
}

const APP = join(__dirname, 'fixtures', 'app');

/** The declaration of the example, for one cloud or all. */
export const DECLARATION: MlPlatformProps = {
  name: 'housing',
  environment: Environment.DEV,
  targets: {
    aws: { region: 'eu-west-1' },
    azure: { location: 'westeurope', subscriptionId: '00000000-0000-0000-0000-000000000000' },
    gcp: { project: 'acme-ml-dev', region: 'europe-west4' },
  },
  tags: { team: 'pricing', costCenter: '4711' },
  training: {
    trainer: {
      image: APP,
      command: ['python', 'train.py'],
      accelerator: { memoryGib: 24, count: 1 },
      nodes: { min: 0, max: 4 },
      maxDuration: '12h',
      schedule: { cron: '0 3 * * 1' },
    },
  },
  inference: {
    predict: {
      image: APP,
      memory: '2GiB',
      scaling: { min: 0, max: 10, concurrency: 8 },
      rollout: { strategy: 'canary' as never, percent: 10, interval: '10m' },
      env: { LOG_LEVEL: 'info' },
    },
  },
  pipelines: {
    release: {
      repository: { provider: 'github' as never, owner: 'acme', name: 'housing', branch: 'main' },
      deploys: 'predict',
      approval: true,
    },
  },
  monitoring: {
    notify: { email: 'ml-oncall@example.com' },
    slo: { availability: 99.5, latency: { percentile: 95, threshold: '300ms' } },
  },
};

/** What every `MlPlatform` keeps. */
export function platformContract(subject: PlatformSubject): void {
  const platform = (change: Partial<MlPlatformProps> = {}) =>
    subject.render((stack) => void subject.make(stack, 'Platform', { ...DECLARATION, ...change }));
  const address = (r: Rendered) => r.resources.map((x) => `${x.type}.${x.id}`);

  describe(`${subject.cloud}.MlPlatform keeps the platform contract`, () => {
    test.each(subject.engines)('the example has a %s', (type) => {
      expect(platform().resources.map((r) => r.type)).toContain(type);
    });

    test('two syntheses are byte-identical', () => {
      expect(platform().text).toBe(platform().text);
    });

    test('the order of keys does not matter', () => {
      const backwards = (o: unknown): never =>
        (Array.isArray(o) || o === null || typeof o !== 'object'
          ? o
          : Object.fromEntries(
              Object.entries(o)
                .reverse()
                .map(([k, v]) => [k, backwards(v)]),
            )) as never;
      const reordered = subject.render((stack) => void subject.make(stack, 'Platform', backwards(DECLARATION)));
      expect(address(reordered).sort()).toEqual(address(platform()).sort());
    });

    test('a further service leaves every address as it was, and its removal restores the output', () => {
      const before = platform();
      const more = platform({ inference: { ...DECLARATION.inference, rank: { image: 'ghcr.io/acme/rank:1.0', on: [] as never } } });
      const further = platform({ training: { ...DECLARATION.training, second: { image: APP, accelerator: { type: 'T4' } } } });
      expect(address(before).filter((a) => !address(further).includes(a))).toEqual([]);
      expect(more.text).toBe(before.text);
    });

    test('every alarm carries a runbook line', () => {
      const texts = subject.alarmTexts(platform());
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) expect(Object.values(RUNBOOK).some((line) => text.includes(line))).toBe(true);
    });

    test('there is an alarm for each thing that can go wrong', () => {
      const texts = subject.alarmTexts(platform()).join('\n');
      for (const line of [RUNBOOK.errors, RUNBOOK.latency, RUNBOOK.throttles, RUNBOOK.jobFailed, RUNBOOK.jobStuck])
        expect(texts).toContain(line);
    });

    test('alarms are mailed to whom the declaration names', () => {
      expect([...new Set(subject.mailedTo(platform()))]).toEqual(['ml-oncall@example.com']);
    });

    test('a problem is reported under the path where it was declared', () => {
      const problems = problemsOf(() =>
        platform({
          training: { trainer: { ...DECLARATION.training!.trainer, accelerator: { type: 'A100_80GB', count: 3 } } },
          pipelines: { release: { ...DECLARATION.pipelines!.release, deploys: 'predikt' } },
        }),
      );
      expect(problems.map((p) => p.prop)).toEqual(
        expect.arrayContaining(['training.trainer.accelerator.count', 'pipelines.release.deploys']),
      );
    });

    test('what is left out of this cloud is reported, not forgotten', () => {
      const others = (['aws', 'azure', 'gcp'] as const).filter((c) => c !== subject.cloud);
      let report: ReturnType<typeof parity.report> = [];
      subject.render((stack) => {
        subject.make(stack, 'Platform', {
          ...DECLARATION,
          training: { trainer: { ...DECLARATION.training!.trainer, on: others as never } },
        });
        report = parity.report(stack);
      });
      expect(report).toContainEqual({
        cloud: subject.cloud,
        path: 'training.trainer',
        kind: 'refused',
        became: 'nothing',
        reason: 'left out by training.trainer.on',
      });
    });

    test('the parity report has an entry for each declared field', () => {
      let report: ReturnType<typeof parity.report> = [];
      subject.render((stack) => {
        subject.make(stack, 'Platform', DECLARATION);
        report = parity.report(stack);
      });
      const fields = [
        ...Object.keys(DECLARATION.training!.trainer).map((f) => `training.trainer.${f}`),
        ...Object.keys(DECLARATION.inference!.predict).map((f) => `inference.predict.${f}`),
        ...Object.keys(DECLARATION.pipelines!.release).map((f) => `pipelines.release.${f}`),
        'monitoring.notify.email',
        'tags.team',
      ];
      const told = (path: string) => report.some((e) => e.path === path || e.path.startsWith(`${path}.`));
      expect(fields.filter((f) => !told(f))).toEqual([]);
    });

    test('the parity report says what each capability became', () => {
      let report: ReturnType<typeof parity.report> = [];
      subject.render((stack) => {
        subject.make(stack, 'Platform', DECLARATION);
        report = parity.report(stack);
      });
      const paths = report.filter((e) => e.kind === 'mapped').map((e) => e.path);
      expect(paths).toEqual(expect.arrayContaining(['training.trainer', 'inference.predict', 'pipelines.release', 'monitoring']));
      expect(report.filter((e) => e.kind !== 'mapped' && !e.reason)).toEqual([]);
    });
  });
}
