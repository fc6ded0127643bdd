import { Construct } from 'constructs';
import {
  ArtifactStoreBaseProps,
  Duration,
  Environment,
  FileSystemKind,
  ISharedFileSystemBase,
  SharedFileSystemBaseProps,
  Size,
} from '../../lib/core';
import { ISecretBase, SecretBaseProps } from '../../lib/core';
import { built, problemsOf, Rendered, Room } from './room';

/** What the suite asks of the shared file systems of one cloud. */
export interface FileSystemSubject extends Room {
  /** Makes a file system with what the cloud needs beside. */
  make(stack: Construct, id: string, props: SharedFileSystemBaseProps): ISharedFileSystemBase;
  /** Whether destroying the stack would keep the file system. */
  keepsData(rendered: Rendered): boolean;
  /** Every address from which it is reached without being in the network, for the test that there is none. */
  publicDoors(rendered: Rendered): readonly string[];
}

/** What a shared file system keeps on every cloud. */
export function fileSystemContract(subject: FileSystemSubject): void {
  const name = `${subject.cloud}.SharedFileSystem`;
  const fileSystem = (props: Partial<SharedFileSystemBaseProps> = {}) =>
    built(subject, (stack) => subject.make(stack, 'Scratch', { kind: FileSystemKind.POSIX, ...props }));

  describe(`${name} keeps the contract`, () => {
    test.each(Object.values(FileSystemKind))('a file system of kind %s is the default child, and says how it is mounted', (kind) => {
      const { construct, rendered } = fileSystem({ kind });
      expect(construct.node.defaultChild).toBeDefined();
      expect(construct.kind).toBe(kind);
      expect(construct.mountCommand).toMatch(/mount/);
      expect(JSON.stringify(rendered.outputs)).toContain('mount');
    });

    test.each(Object.values(FileSystemKind))('a file system of kind %s is reached from the network only', (kind) => {
      expect(subject.publicDoors(fileSystem({ kind }).rendered)).toEqual([]);
    });

    test.each(Object.values(FileSystemKind))('data in a file system of kind %s goes with the stack in dev and stays in prod', (kind) => {
      expect(subject.keepsData(fileSystem({ kind, environment: Environment.DEV }).rendered)).toBe(false);
      expect(subject.keepsData(fileSystem({ kind, environment: Environment.PROD }).rendered)).toBe(true);
    });

    test('throughput of ordinary files is refused', () => {
      expect(problemsOf(() => fileSystem({ throughput: 250 }))).toMatchObject([{ prop: 'throughput', value: 250 }]);
    });

    test('a parallel file system that is larger than any is refused', () => {
      const problems = problemsOf(() => fileSystem({ kind: FileSystemKind.PARALLEL, size: Size.tebibytes(900_000) }));
      expect(problems).toMatchObject([{ code: 'limit', prop: 'size' }]);
    });

    test('a throughput that no step reaches is refused', () => {
      const problems = problemsOf(() => fileSystem({ kind: FileSystemKind.PARALLEL, throughput: 99_999 }));
      expect(problems).toMatchObject([{ prop: 'throughput', value: 99_999 }]);
    });

    test('two syntheses are byte-identical', () => {
      expect(fileSystem().rendered.text).toBe(fileSystem().rendered.text);
    });

    test('two stand side by side', () => {
      const { resources } = subject.render((stack) => {
        for (const id of ['One', 'Two']) subject.make(stack, id, { kind: FileSystemKind.POSIX });
      });
      expect(new Set(resources.map((r) => `${r.type}.${r.id}`)).size).toBe(resources.length);
    });

    test('it says so when it stands under the other kind of App', () => {
      expect(() => subject.make(subject.wrongRoot(), 'Scratch', { kind: FileSystemKind.POSIX })).toThrow(name);
    });
  });
}

/** What the suite asks of the secrets of one cloud. */
export interface SecretSubject extends Room {
  /** Makes a secret with what the cloud needs beside. */
  make(stack: Construct, id: string, props: SecretBaseProps): ISecretBase;
}

/** What a secret keeps on every cloud. */
export function secretContract(subject: SecretSubject): void {
  const name = `${subject.cloud}.Secret`;
  describe(`${name} keeps the contract`, () => {
    test('an output holds the command that puts its value, which is read from standard input', () => {
      const { construct, rendered } = built(subject, (stack) => subject.make(stack, 'Hub', { description: 'token of the hub' }));
      expect(construct.putCommand).toMatch(/(\/dev\/stdin|--data-file=-|file:\/\/\/dev\/stdin)/);
      expect(JSON.stringify(rendered.outputs)).toContain('stdin');
    });

    test('its description is kept', () => {
      expect(built(subject, (stack) => subject.make(stack, 'Hub', { description: 'token of the hub' })).rendered.text).toContain(
        'token of the hub',
      );
    });

    test('it says so when it stands under the other kind of App', () => {
      expect(() => subject.make(subject.wrongRoot(), 'Hub', {})).toThrow(name);
    });
  });
}

/** What the suite asks of the artifact store of one cloud. */
export interface StoreSubject extends Room {
  /** Makes a store with what the cloud needs beside. */
  make(stack: Construct, id: string, props: ArtifactStoreBaseProps): Construct;
  /** Days after which what lies in a folder is deleted, if it ever is. */
  expiryOf(rendered: Rendered, folder: string): number | undefined;
  /** Whether old versions are kept. */
  isVersioned(rendered: Rendered): boolean;
}

/** What an artifact store keeps on every cloud. */
export function storeContract(subject: StoreSubject): void {
  const store = (props: ArtifactStoreBaseProps = {}) => built(subject, (stack) => subject.make(stack, 'Artifacts', props)).rendered;
  describe(`${subject.cloud}.ArtifactStore keeps the contract`, () => {
    test('it is versioned unless it is said not to be', () => {
      expect(subject.isVersioned(store())).toBe(true);
      expect(subject.isVersioned(store({ versioned: false }))).toBe(false);
    });

    test('checkpoints and captured requests go after the days that are declared', () => {
      const rendered = store({ checkpointExpiry: Duration.days(30), captureExpiry: Duration.days(60) });
      expect(subject.expiryOf(rendered, 'checkpoints')).toBe(30);
      expect(subject.expiryOf(rendered, 'capture')).toBe(60);
    });

    test('models and data never go by themselves', () => {
      const rendered = store({ checkpointExpiry: Duration.days(30), captureExpiry: Duration.days(60) });
      expect([subject.expiryOf(rendered, 'models'), subject.expiryOf(rendered, 'data')]).toEqual([undefined, undefined]);
    });

    test.each(['checkpointExpiry', 'captureExpiry'] as const)('half a day is refused as %s', (prop) => {
      expect(problemsOf(() => store({ [prop]: Duration.hours(12) }))).toMatchObject([{ prop, value: '12h' }]);
    });
  });
}
