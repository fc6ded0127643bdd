import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ContainerImage } from '../../lib/core';
import { directoryTag, files } from '../../lib/core/image';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'image-'));
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(directory, { recursive: true }));

test.each([
  'ghcr.io/acme/app:1.0',
  'python',
  'localhost:5000/a/b',
  'app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  '${Token[TOKEN.1]}',
])('%s is a reference', (text) => {
  const image = ContainerImage.parse(text);
  expect([image.reference, image.directory]).toEqual([text, undefined]);
});

test('what begins with a dot or a slash is a directory', () => {
  const image = ContainerImage.parse(directory);
  expect([image.reference, image.directory]).toEqual([undefined, directory]);
});

test('a directory that is missing is refused', () => {
  expect(() => ContainerImage.parse('./nowhere')).toThrow(
    'image "./nowhere": there is no such directory; write a directory that holds a Dockerfile, or an image reference such as ghcr.io/acme/app:1.0',
  );
});

test('a file in the place of a directory is refused', () => {
  expect(() => ContainerImage.fromDirectory(join(directory, 'Dockerfile'))).toThrow('there is no such directory');
});

test('a directory without a Dockerfile is refused', () => {
  rmSync(join(directory, 'Dockerfile'));
  expect(() => ContainerImage.fromDirectory(directory)).toThrow(
    'the directory holds no Dockerfile; add a Dockerfile, or write an image reference such as ghcr.io/acme/app:1.0',
  );
});

test.each(['my app', 'train.py!', '', 'acme/UPPER:1', 'acme//app', 'acme/app:', 'acme/app@sha256:12'])('%j is no reference', (text) => {
  expect(() => ContainerImage.fromReference(text)).toThrow(
    'not an image reference, whose name is in lower case; write registry/name:tag, or a directory that starts with ./',
  );
});

describe('the tag of a directory', () => {
  test('is the same in another folder and at another date', () => {
    const other = mkdtempSync(join(tmpdir(), 'image-'));
    writeFileSync(join(other, 'Dockerfile'), 'FROM scratch\n');
    utimesSync(join(other, 'Dockerfile'), 0, 0);
    expect(directoryTag(other)).toBe(directoryTag(directory));
    rmSync(other, { recursive: true });
  });

  test('changes with a content, a name and a new file', () => {
    const tags = [directoryTag(directory)];
    writeFileSync(join(directory, 'Dockerfile'), 'FROM alpine\n');
    tags.push(directoryTag(directory));
    mkdirSync(join(directory, 'src'));
    writeFileSync(join(directory, 'src', 'a.py'), '');
    tags.push(directoryTag(directory));
    rmSync(join(directory, 'src', 'a.py'));
    writeFileSync(join(directory, 'src', 'b.py'), '');
    tags.push(directoryTag(directory));
    expect(new Set(tags).size).toBe(4);
  });

  test('passes over what is no part of the image', () => {
    const before = directoryTag(directory);
    for (const name of ['.git', '.venv', '__pycache__', 'node_modules', '.pytest_cache']) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'x'), name);
    }
    expect(directoryTag(directory)).toBe(before);
    expect(files(directory)).toEqual([join(directory, 'Dockerfile')]);
  });
});
