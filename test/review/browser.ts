import { existsSync } from 'fs';
import { Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const EXECUTABLE = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));

/** `describe` where there is a browser; elsewhere says aloud that nothing was tested. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (EXECUTABLE) return describe(name, tests);
  process.stderr.write(`\nWARNING: no Chromium here, so that "${name}" is NOT TESTED. Install chromium, or name one in CHROMIUM.\n\n`);
  describe.skip(name, tests);
}

/** Starts it. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox'] });
}
