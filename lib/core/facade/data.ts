import { CLOUD_TITLE, CloudName } from '../catalogue';
import { Checks, oneOf } from '../errors';
import { FeatureStoreBaseProps } from '../features';
import { ModelApproval, ModelReference, ModelRegistryBaseProps } from '../models';
import { FeatureGroupDeclaration, MlflowDeclaration, MlPlatformProps, ModelDeclaration, SharedFileSystemDeclaration } from '../platform';
import { ArtifactStoreBaseProps, SharedFileSystemBaseProps } from '../storage';
import { ExperimentTrackingBaseProps, TrackingEngine } from '../tracking';
import { Duration, Size } from '../units';
import { Declared } from './props';

/** What `registry` says, the same on every cloud. */
export interface RegistryOptions {
  readonly immutableTags?: boolean;
  readonly imagesKept?: number;
  readonly pullThrough?: string[];
}

/** Props of the artifact store. */
export function artifactProps({ declaration }: Declared): ArtifactStoreBaseProps {
  const { versioned, expireCheckpointsAfter, expireCaptureAfter } = declaration.storage?.artifacts ?? {};
  return {
    versioned,
    checkpointExpiry: expireCheckpointsAfter === undefined ? undefined : Duration.parse(expireCheckpointsAfter),
    captureExpiry: expireCaptureAfter === undefined ? undefined : Duration.parse(expireCaptureAfter),
    environment: declaration.environment,
  };
}

/** Options of the image registry. */
export function registryOptions({ registry }: MlPlatformProps): RegistryOptions {
  return { immutableTags: registry?.immutableTags, imagesKept: registry?.imagesKept, pullThrough: registry?.pullThrough };
}

/** Props of a shared file system. */
export function fileSystemProps({ declaration }: Declared, d: SharedFileSystemDeclaration, c: Checks): SharedFileSystemBaseProps {
  c.require(
    d.size === undefined || !/^0+(\.0+)?\s*[A-Z]/.test(d.size),
    'limit',
    'size',
    d.size,
    'nothing fits into it',
    'write a size such as 1TiB, or leave it out for the smallest there is',
  );
  return {
    kind: d.kind,
    size: d.size === undefined ? undefined : c.collect(() => Size.parse(d.size!), 'size'),
    throughput: d.throughput,
    backups: d.backups,
    environment: declaration.environment,
  };
}

/** Props of the tracking server. */
export function trackingProps({ declaration }: Declared, d: MlflowDeclaration, c: Checks): ExperimentTrackingBaseProps {
  const { highAvailability, backupRetention } = d.database ?? {};
  return {
    engine: d.engine,
    databaseHighAvailability: highAvailability,
    databaseBackupRetention:
      backupRetention === undefined ? undefined : c.collect(() => Duration.parse(backupRetention), 'database.backupRetention'),
    cpu: d.cpu,
    memory: d.memory === undefined ? undefined : c.collect(() => Size.parse(d.memory!), 'memory'),
    environment: declaration.environment,
  };
}

const APPROVERS: { readonly [cloud in CloudName]: { readonly form: RegExp; readonly words: string; readonly example: string } } = {
  aws: {
    form: /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    words: 'the ARN of a role',
    example: 'arn:aws:iam::123456789012:role/ml-lead',
  },
  azure: {
    form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    words: 'the object id of a user or an identity',
    example: '00000000-0000-0000-0000-000000000000',
  },
  gcp: { form: /^(user|serviceAccount):[^@\s]+@[^@\s]+$/, words: 'a user or a service account', example: 'user:ada@example.com' },
};

/** How this cloud names who may approve. */
export function approverForm(cloud: CloudName): (typeof APPROVERS)[CloudName] {
  return APPROVERS[cloud];
}

/** Props of a model's registry. */
export function modelProps({ declaration }: Declared, d: ModelDeclaration, name: string, c: Checks): ModelRegistryBaseProps {
  // Of the other clouds, too: each looks at all of them, and the same problem is shown once.
  for (const [of, { form, words, example }] of Object.entries(APPROVERS))
    for (const [n, approver] of (d.approvers?.[of as CloudName] ?? []).entries())
      c.require(form.test(approver), 'syntax', `approvers.${of}.${n}`, approver, `not ${words}`, `write one such as ${example}`);
  c.require(
    d.approvers === undefined || d.approval !== ModelApproval.AUTOMATIC,
    'conflict',
    'approvers',
    d.approvers,
    'whoever registers a version may put it into service, so that there is nothing to approve',
    'write approval: required, or leave approvers out',
  );
  return { modelName: name, approval: d.approval, description: d.description, environment: declaration.environment };
}

/** Props of a feature store. */
export function featureProps({ declaration }: Declared, d: FeatureGroupDeclaration): FeatureStoreBaseProps {
  const { entity, eventTime, features, online, description } = d;
  return { entity, eventTime, features, online, description, environment: declaration.environment };
}

/** A database that exists already is of use to a server of the platform's own only. */
export function checkDatabase({ declaration, cloud }: Declared, c: Checks): void {
  const { existing } = (declaration.targets[cloud] ?? {}) as {
    readonly existing?: { readonly database?: object; readonly mlflow?: string };
  };
  if (!existing?.database) return;
  const mlflow = declaration.tracking?.mlflow;
  const refuse = (reason: string, instead: string): void =>
    c.refuse('conflict', `targets.${cloud}.existing.database`, undefined, reason, instead);
  if (existing.mlflow !== undefined)
    refuse('the MLflow server that exists already has a database of its own', 'leave one of existing.database and existing.mlflow out');
  else if (!mlflow || !isHere(mlflow, cloud))
    refuse('it is for a tracking server, and none is declared', 'declare tracking: { mlflow: {} }, or leave it out');
  else if (mlflow.engine === TrackingEngine.MANAGED)
    refuse('the cloud runs a managed server and its database', 'write engine: self-hosted, or leave it out');
}

/** The registered model that a service serves. */
export function modelOf(declared: Declared, text: string, c: Checks): ModelReference | undefined {
  const reference = c.collect(() => ModelReference.parse(text));
  if (!reference) return undefined;
  if (!existingServer(declared)) checkModelName(declared, reference.modelName, text, c);
  return reference;
}

/** Whether what an entry mounts, gets and registers is declared, for this cloud too. */
export function checkReferences(
  declared: Declared,
  d: {
    readonly mounts?: { readonly [name: string]: string };
    readonly secrets?: { readonly [name: string]: string };
  },
  c: Checks,
): void {
  const { storage, secrets } = declared.declaration;
  const paths = new Map<string, string>();
  for (const [name, path] of Object.entries(d.mounts ?? {})) {
    if (isMountPath(name)) {
      c.refuse(
        'syntax',
        `mounts.${name}`,
        path,
        'the name of the file system comes first, then where it is mounted',
        `write ${path}: ${name}`,
      );
      continue;
    }
    reference(declared, 'storage.shared', storage?.shared, `mounts.${name}`, name, c);
    c.require(
      isMountPath(path),
      'syntax',
      `mounts.${name}`,
      path,
      'file systems are mounted in a folder of /mnt, which every engine allows',
      `write /mnt/${name}`,
    );
    const same = paths.get(path);
    if (same !== undefined) c.refuse('conflict', `mounts.${name}`, path, `${same} is mounted there already`, 'write another path');
    paths.set(path, name);
  }
  for (const [variable, name] of Object.entries(d.secrets ?? {})) reference(declared, 'secrets', secrets, `secrets.${variable}`, name, c);
}

/** Whether a file system may be mounted there: in a folder of `/mnt`, and not in `..`. */
export function isMountPath(path: string): boolean {
  return /^\/mnt\/[\w-][\w.-]{0,63}$/.test(path);
}

/** The model that jobs register what they train as: its name, not a URI of one of its versions. */
export function checkRegisteredModel(declared: Declared, model: string, c: Checks): void {
  const named = /^models:\/([^/@]+)/.exec(model)?.[1];
  if (named === undefined) checkModelName(declared, model, model, c);
  else
    c.refuse(
      'syntax',
      'model',
      model,
      'jobs register versions under the name of a model, and this is the URI of a version',
      `write ${named}`,
    );
}

function checkModelName(declared: Declared, name: string, given: string, c: Checks): void {
  const { declaration, cloud } = declared;
  reference(declared, 'models', declaration.models, 'model', name, c, given);
  const mlflow = declaration.tracking?.mlflow;
  if (!existingServer(declared) && !(mlflow && isHere(mlflow, cloud)))
    c.refuse(
      'missing',
      'model',
      given,
      `models are registered with and looked up at a tracking server, and ${CLOUD_TITLE[cloud]} has none`,
      'declare tracking: { mlflow: {} }',
    );
}

function reference(
  { cloud }: Declared,
  kind: string,
  entries: { readonly [name: string]: { readonly on?: string[] } } | undefined,
  field: string,
  name: string,
  c: Checks,
  given: string = name,
): void {
  const names = Object.keys(entries ?? {});
  const entry = entries && Object.prototype.hasOwnProperty.call(entries, name) ? entries[name] : undefined;
  if (!entry)
    c.refuse('choice', field, given, `${kind} has no ${name}`, names.length ? `write ${oneOf(names)}` : `declare it under ${kind}`);
  else if (!isHere(entry, cloud))
    c.refuse(
      'conflict',
      field,
      given,
      `${kind}.${name} goes to ${entry.on!.join(', ')} only`,
      `add ${cloud} to ${kind}.${name}.on, or leave ${cloud} out of on: here`,
    );
}

function isHere({ on }: { readonly on?: string[] }, cloud: CloudName): boolean {
  return !on || on.includes(cloud);
}

/** Whether an MLflow server that exists already is named. */
export function existingServer({ declaration, cloud }: Declared): boolean {
  const target = declaration.targets[cloud] as { readonly existing?: { readonly mlflow?: string } } | undefined;
  return target?.existing?.mlflow !== undefined;
}
