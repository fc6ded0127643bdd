import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { App } from 'cdktf';
import { load } from '../../bin/cli/load';
import { buildPlatforms } from '../../bin/cli/platforms';
import { PricingStack as AzurePricing } from '../../examples/compose/azure';
import { PricingStack as GcpPricing } from '../../examples/compose/gcp';
import { CONDITIONAL } from '../../lib/review/terraform/conditional';
import { attributesOf, factVersions, knownTypes } from '../../lib/review/terraform/facts';
import { META } from '../../lib/review/terraform/configuration';

const ROOT = join(__dirname, '..', '..');
const HOUSING = join(ROOT, 'examples', 'housing', 'ml-platform.yaml');
const VARIANTS: { readonly [name: string]: readonly (readonly [string, string])[] } = JSON.parse(
  readFileSync(join(ROOT, 'test', 'e2e', 'variants.json'), 'utf8'),
);
// Of another provider, whose schema is not in the table: reported as unknown.
const OTHERS = /^azuredevops_/;

type Body = { readonly [section: string]: { readonly [type: string]: { readonly [name: string]: object } } };

/** What a variant of the example, or the composed stacks, write. */
function synthesized(make: (outdir: string) => App): Body[] {
  const out = mkdtempSync(join(tmpdir(), 'facts-'));
  try {
    const app = make(out);
    app.synth();
    return readdirSync(join(out, 'stacks')).map((stack) => JSON.parse(readFileSync(join(out, 'stacks', stack, 'cdk.tf.json'), 'utf8')));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function housing(variant: string): Body[] {
  // Beside the example, because image directories are relative to the declaration.
  const file = join(dirname(HOUSING), `.facts-${process.pid}-${variant}.yaml`);
  const text = VARIANTS[variant].reduce(
    (t, [from, to]) => {
      expect(t).toContain(from);
      return t.replace(from, to);
    },
    readFileSync(HOUSING, 'utf8'),
  );
  try {
    writeFileSync(file, text);
    return synthesized((terraform) => {
      const platforms = buildPlatforms(load(file).declaration!, ['azure', 'gcp'], { terraform });
      expect([platforms.problems, platforms.failures]).toEqual([[], []]);
      return platforms.terraform!;
    });
  } finally {
    rmSync(file, { force: true });
  }
}

function composed(): Body[] {
  return synthesized((outdir) => {
    const app = new App({ outdir, stackTraces: false });
    new AzurePricing(app, 'azure');
    new GcpPricing(app, 'gcp');
    return app;
  });
}

describe.each([...Object.keys(VARIANTS), 'compose'])('%s', (name) => {
  const bodies = name === 'compose' ? composed : () => housing(name);

  test('makes resources of known types, with known attributes', () => {
    const unknown = bodies().flatMap((body) =>
      Object.entries(body.resource).flatMap(([type, ofType]) => {
        const attributes = attributesOf(type);
        if (!attributes) return OTHERS.test(type) ? [] : [type];
        return Object.values(ofType).flatMap((r) =>
          Object.keys(r)
            .filter((a) => !META.has(a) && a !== 'timeouts' && !attributes.has(a))
            .map((a) => `${type}.${a}`),
        );
      }),
    );
    // New ones come in with `node bin/dev/facts.mjs`.
    expect([...new Set(unknown)]).toEqual([]);
  });
});

describe('the table', () => {
  test('knows every type that a construct can make', () => {
    const made = ['azure', 'gcp'].flatMap((cloud) =>
      (readdirSync(join(ROOT, 'lib', cloud), { recursive: true }) as string[])
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
        .flatMap((file) => [
          ...readFileSync(join(ROOT, 'lib', cloud, file), 'utf8').matchAll(/@cdktf\/provider-(azurerm|google)\/lib\/([a-z0-9-]+)/g),
        ])
        .filter(([, , module]) => module !== 'provider' && !module.startsWith('data-'))
        .map(([, provider, module]) => `${provider}_${module.replaceAll('-', '_')}`),
    );
    expect(made.length).toBeGreaterThan(50);
    expect([...new Set(made)].filter((type) => !knownTypes().includes(type))).toEqual([]);
  });

  test('is of the versions of the providers that are built with', () => {
    for (const [provider, version] of Object.entries(factVersions())) {
      const manifest = JSON.parse(readFileSync(join(ROOT, 'node_modules', '@cdktf', `provider-${provider}`, 'package.json'), 'utf8'));
      expect([provider, manifest.cdktf.provider.version]).toEqual([provider, version]);
    }
  });

  test('is small', () => {
    const file = join(ROOT, 'lib', 'review', 'terraform', 'facts.json');
    expect(existsSync(file) && readFileSync(file).length).toBeLessThan(150_000);
  });

  test('says what an attribute is', () => {
    const account = attributesOf('azurerm_storage_account')!;
    expect(account.get('name')).toMatchObject({ kind: 'string', forcesNew: true, computed: false, sensitive: false });
    expect(account.get('primary_access_key')).toMatchObject({ computed: true, sensitive: true });
    expect(account.get('min_tls_version')).toMatchObject({ kind: 'string', default: 'TLS1_2' });
    expect(account.get('https_traffic_only_enabled')).toMatchObject({ kind: 'bool', default: true });
    expect(account.get('network_rules')).toMatchObject({ kind: 'blocks', computed: true });
    expect(account.get('network_rules')!.attributes!.get('bypass')).toMatchObject({ kind: 'set', element: 'string' });
    expect(attributesOf('azurerm_virtual_network')!.get('subnet')).toMatchObject({ kind: 'block-set', asAttribute: true });
    expect(attributesOf('azurerm_nothing')).toBeUndefined();
  });

  test('has every attribute that a condition is known of, and none of them always forces replacement', () => {
    for (const condition of CONDITIONAL) {
      const [type, ...path] = condition.split('.');
      const attributes = attributesOf(type);
      // Of a type that only others make.
      if (!attributes) continue;
      const [last, ...above] = [...path].reverse();
      const block = above.reverse().reduce((a, name) => a!.get(name)!.attributes, attributesOf(type));
      expect([condition, block!.get(last)?.forcesNew]).toEqual([condition, false]);
    }
  });
});
