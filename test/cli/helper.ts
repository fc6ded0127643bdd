import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import pc from 'picocolors';
import { Io } from '../../bin/cli/io';
import { main } from '../../bin/cli/main';

/** A declaration of everything for every cloud. Line by line, because tests name lines. */
export const GOOD = readFileSync(join(__dirname, 'fixtures', 'good.yaml'), 'utf8');

/** A folder with image directories beside the declaration; gone when the test is over. */
export class Project {
  public readonly folder = mkdtempSync(join(tmpdir(), 'project-'));

  public constructor(declaration?: string) {
    for (const image of ['app', 'train']) {
      mkdirSync(join(this.folder, image));
      writeFileSync(join(this.folder, image, 'Dockerfile'), 'FROM scratch\n');
    }
    if (declaration !== undefined) this.write(declaration);
    projects.push(this);
  }

  public write(declaration: string, name = 'ml-platform.yaml'): void {
    writeFileSync(join(this.folder, name), declaration);
  }

  /** Every file, with its content. */
  public files(under = ''): Map<string, string> {
    const found = new Map<string, string>();
    for (const name of readdirSync(join(this.folder, under)).sort()) {
      const path = join(under, name);
      if (statSync(join(this.folder, path)).isDirectory()) for (const [p, text] of this.files(path)) found.set(p, text);
      else found.set(path, readFileSync(join(this.folder, path), 'utf8'));
    }
    return found;
  }

  /** Runs a command line in the folder. */
  public async run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    let out = '';
    let err = '';
    const colors = pc.createColors(false);
    const io: Io = {
      cwd: this.folder,
      out: (text) => (out += text),
      err: (text) => (err += text),
      outColors: colors,
      errColors: colors,
      interactive: false,
      columns: 120,
    };
    return { code: await main(args, io), out, err };
  }
}

const projects: Project[] = [];
afterEach(() => {
  for (const { folder } of projects.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The good declaration with a part replaced, which has to be there. */
export function good(replace: { readonly [from: string]: string } = {}): string {
  return Object.entries(replace).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the good declaration does not hold ${from}`);
    return text.replace(from, to);
  }, GOOD);
}
