import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Browser, Page } from 'playwright-core';
import { Change, Report } from '../../lib/review/model';
import { DEFAULT_FAIL_ON, judge } from '../../lib/review/policy';
import { renderHtml } from '../../lib/review/render/html';
import { describeInBrowser, launch } from './browser';
import { CHANGES, EVIL, HOSTILE, REPORT, reportOf } from './fixture';

const html = (report: Report, allow: string[] = []): string => renderHtml(report, judge(report, { failOn: DEFAULT_FAIL_ON, allow }));

test('a page is the same each time, and names no other place', () => {
  expect(html(REPORT)).toBe(html(REPORT));
  expect(html(REPORT).replace(/href="(#[\w-]+|data:,)"/g, '')).not.toMatch(/href|src=|@import|https?:|url\(/);
});

test('what a secret reads like is not in the page', () => {
  expect(html(REPORT)).toContain('DB_PASSWORD');
  expect(html(REPORT)).not.toContain('hunter2');
});

test('a string of JSON is written so that it can be read, unless only its spaces differ', () => {
  const cause = { path: 'policy', before: '{"a":1}', after: '{"a":2}', replacement: 'no' } as const;
  expect(html(reportOf([{ ...CHANGES[4], causes: [cause] }]))).toContain('<pre>{\n  &#34;a&#34;: 2\n}</pre>');
  expect(html(reportOf([{ ...CHANGES[4], causes: [{ ...cause, after: '{"a": 1}' }] }]))).toContain('<pre>{&#34;a&#34;: 1}</pre>');
});

test('a report of many changes is written quickly', () => {
  const many = Array.from({ length: 4_000 }, (_, i): Change => ({
    ...CHANGES[i % CHANGES.length],
    address: `a${i}`,
    path: `s/P${i % 50}/C${i}/Resource`,
  }));
  const start = performance.now();
  expect(html(reportOf(many)).length).toBeLessThan(20_000_000);
  expect(performance.now() - start).toBeLessThan(3_000);
});

describeInBrowser('the page in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'review-'));
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let requests: string[];

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => page.close());

  const open = async (report: Report, options: { width?: number; colorScheme?: 'light' | 'dark' } = {}): Promise<void> => {
    const { width = 1280, colorScheme = 'light' } = options;
    page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    complaints = [];
    requests = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    const file = join(folder, 'review.html');
    writeFileSync(file, html(report));
    await page.goto(`file://${file}`);
  };
  const status = (): Promise<string | null> => page.getByRole('status').textContent();
  const visible = (id: number): Promise<boolean> => page.locator(`#change-${id}`).isVisible();

  test('complains of nothing, and asks for nothing', async () => {
    await open(REPORT);
    expect(complaints).toEqual([]);
    expect(requests.map((url) => url.replace(/.*\//, ''))).toEqual(['review.html']);
    expect(await page.title()).toBe('Infrastructure review: fails');
  });

  test('shows the dangerous open and the cosmetic closed, by construct path', async () => {
    await open(REPORT);
    expect(await page.locator('#change-1').getAttribute('open')).toBe('');
    expect(await page.locator('#change-1 table').isVisible()).toBe(true);
    expect(await visible(6)).toBe(false);
    await page.locator('summary', { hasText: 'Registry' }).click();
    expect(await visible(6)).toBe(true);
    expect(await page.locator('#change-6').getAttribute('open')).toBeNull();
    await page.locator('summary', { hasText: 'Registry' }).click();
    expect(await visible(6)).toBe(false);
  });

  test('is filtered by class, with the keyboard too', async () => {
    await open(REPORT);
    await page.getByRole('button', { name: 'Open all' }).click();
    expect(await status()).toBe('Showing 7 of 7 changes');
    await page.getByRole('checkbox', { name: 'cosmetic' }).uncheck();
    expect([await visible(6), await status()]).toEqual([false, 'Showing 6 of 7 changes']);
    // It is in another class still.
    await page.getByRole('checkbox', { name: 'data-loss' }).focus();
    await page.keyboard.press('Space');
    expect(await visible(1)).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect([await visible(1), await status()]).toEqual([false, 'Showing 5 of 7 changes']);
    expect(await page.locator('summary', { hasText: 'Artifacts' }).isVisible()).toBe(false);
    await page.getByRole('checkbox', { name: 'cosmetic' }).check();
    expect(await visible(6)).toBe(true);
  });

  test('leads from the verdict to a change, though it was filtered away', async () => {
    await open(REPORT);
    await page.getByRole('button', { name: 'Close all' }).click();
    for (const name of ['data-loss', 'replace']) await page.getByRole('checkbox', { name }).uncheck();
    expect(await visible(1)).toBe(false);
    await page.getByRole('link', { name: 'housing-prod/Platform/Artifacts/Resource' }).click();
    expect([await visible(1), await page.evaluate('document.activeElement.parentElement.id')]).toEqual([true, 'change-1']);
  });

  test('has landmarks, headings and tables that a screen reader can walk through', async () => {
    await open(REPORT);
    for (const role of ['banner', 'main', 'contentinfo'] as const) expect(await page.getByRole(role).count()).toBe(1);
    for (const name of ['Verdict', 'Filter', 'AWS', 'Azure', 'Google Cloud'])
      expect([name, await page.getByRole('region', { name, exact: true }).count()]).toEqual([name, 1]);
    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['Infrastructure review']);
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['AWS', 'Azure', 'Google Cloud']);
    expect(await page.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
      'housing-prod',
      'housing-prod-azure',
      'housing-prod-gcp',
    ]);
    expect(await page.getByRole('group', { name: 'Show changes of these classes' }).getByRole('checkbox').count()).toBe(8);
    const table = page.getByRole('table', { name: 'Properties of housing-prod/Platform/Artifacts/Resource, before and after' });
    expect(await table.getByRole('columnheader').allTextContents()).toEqual(['Property', 'Before', 'After', 'Effect']);
    expect(await table.getByRole('rowheader').first().textContent()).toBe('Properties.BucketName');
  });

  test.each(['light', 'dark'] as const)(
    'can be read in %s: every text against what is behind it, at least 4.5 to 1',
    async (colorScheme) => {
      await open(REPORT, { colorScheme });
      expect(await page.evaluate(FAINT)).toEqual([]);
    },
  );

  test('fits a phone without scrolling sideways, and is a table there still', async () => {
    const long = { ...CHANGES[0], address: 'x'.repeat(300), path: `housing-prod/${'Deep/'.repeat(12)}${'y'.repeat(200)}` };
    await open(reportOf([...CHANGES, long]), { width: 375 });
    await page.getByRole('button', { name: 'Open all' }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    expect(await page.getByRole('table').first().getByRole('rowheader').count()).toBe(2);
  });

  test('a hostile value is text and nothing else', async () => {
    await open(reportOf([HOSTILE]));
    expect(complaints).toEqual([]);
    expect(await page.title()).toBe('Infrastructure review: fails');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('#change-1 td').first().textContent()).toBe(EVIL.replace(/[\u202e\u001b]/g, '\uFFFD'));
    expect(await page.getByRole('contentinfo').count()).toBe(1);
  });

  test('a script that got in would not run', async () => {
    await open(REPORT);
    await page.evaluate("const s = document.createElement('script'); s.textContent = 'document.title = 1'; document.body.append(s)");
    expect([await page.title(), complaints.length]).toEqual(['Infrastructure review: fails', 1]);
  });

  test('says so when nothing changes', async () => {
    await open({ changes: [], stacks: [{ cloud: 'aws', stack: 'a', before: true, after: true }] });
    expect(complaints).toEqual([]);
    expect(await page.getByRole('main').textContent()).toContain('Nothing changes.');
  });
});

/** Texts whose contrast is too low (WCAG 2.2, 1.4.3). */
const FAINT = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.tagName !== 'SCRIPT' && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => { const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x); return [e.outerHTML.slice(0, 80), (a + 0.05) / (b + 0.05)]; })
    .filter(([, ratio]) => ratio < 4.5);
})()`;
