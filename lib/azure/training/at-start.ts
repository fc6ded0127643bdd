import { Checks } from '../../core/errors';
import { FileSystemKind } from '../../core/storage';
import { ISharedFileSystem } from '../file-system';
import { SUPPORT } from '../support';
import { GpuTrainingClusterProps } from './cluster-props';

/** What lets a container mount a file system. https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command */
export const MOUNTING = '--cap-add SYS_ADMIN --security-opt apparmor=unconfined';

/** Checks what jobs are to mount. */
export function checkMounts(checks: Checks, { mounts = {} }: GpuTrainingClusterProps): void {
  for (const [path, fileSystem] of Object.entries(mounts)) {
    checks.require(
      /^\/[\w.-]+(\/[\w.-]+)*$/.test(path),
      'syntax',
      'mounts',
      path,
      'not an absolute path of letters, digits, dots, dashes and underscores',
      'write a path such as /mnt/scratch',
    );
    if (fileSystem.kind === FileSystemKind.PARALLEL)
      checks.refuse(
        'unsupported',
        'mounts',
        path,
        SUPPORT['training.mounts.parallel'].reason!,
        'mount a file system of kind posix, or leave it out on Azure',
      );
  }
}

/** Commands that mount file systems; Azure ML mounts none over NFS by itself. */
export function mounting(mounts: { readonly [path: string]: ISharedFileSystem }): string[] {
  const entries = Object.entries(mounts);
  if (!entries.length) return [];
  const options = 'vers=4,minorversion=1,sec=sys,nconnect=4,noresvport';
  return [
    '{ command -v mount.nfs > /dev/null || { echo "the image has no NFS client: install nfs-common (nfs-utils on Red Hat)" >&2; exit 1; }; }',
    ...entries.map(([path, { host, exportPath }]) => `mkdir -p ${path} && mount -t nfs -o ${options} ${host}:${exportPath} ${path}`),
  ];
}

/**
 * Reads secrets as the machine's identity, and writes lines for a shell that export them. Python's own library only: the image need not have
 * Azure's. A role that has just been assigned may not be known everywhere yet.
 */
const READ_SECRETS = `
import json, os, shlex, sys, time, urllib.error, urllib.request
env = os.environ
def get(url, headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        return json.load(answer)
def token():
    who = "resource=https://vault.azure.net&%s=" + env.get("AZURE_CLIENT_ID", "")
    if "MSI_ENDPOINT" in env and "MSI_SECRET" in env:
        return get(env["MSI_ENDPOINT"] + "?api-version=2017-09-01&" + who % "clientid", {"secret": env["MSI_SECRET"]})
    imds = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&"
    return get(imds + who % "client_id", {"Metadata": "true"})
def read(name, uri):
    for wait in (5, 15, 30, 60, None):
        try:
            return get(uri + "?api-version=7.4", {"Authorization": "Bearer " + token()["access_token"]})["value"]
        except urllib.error.HTTPError as error:
            if error.code == 404:
                sys.exit("secret %s of %s has no value yet: put one by the command of the output PutCommand" % (uri, name))
            if error.code not in (403, 429, 500, 502, 503) or wait is None:
                sys.exit("secret %s of %s cannot be read: %s" % (uri, name, error))
            time.sleep(wait)
for pair in sys.argv[1:]:
    name, uri = pair.split("=", 1)
    print("export %s=%s" % (name, shlex.quote(read(name, uri))))
`;

/** Commands that put secrets into variables, and nothing of them into a log. */
export function readingSecrets(secrets: { readonly [variable: string]: string }, quote: (word: string) => string): string[] {
  const pairs = Object.entries(secrets).map(([variable, uri]) => quote(`${variable}=${uri}`));
  if (!pairs.length) return [];
  return [
    '{ command -v python3 > /dev/null || { echo "the image has no python3, with which secrets are read" >&2; exit 1; }; }',
    `ml_secrets="$(python3 -c ${quote(READ_SECRETS)} ${pairs.join(' ')})"`,
    'eval "$ml_secrets"',
    'unset ml_secrets',
  ];
}
