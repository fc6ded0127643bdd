// node test/e2e/no-secrets.mjs FOLDER...: fails if any synthesized file below the folders holds a password, key or token.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = /(^|[_-])(password|passwd|pwd|token|secret|credentials?|(api|access|account|private|shared|primary|secret)_?key)$/i;
const SHAPES = [
  [/AKIA[0-9A-Z]{16}/, 'an access key of AWS'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY/, 'a private key'],
  [/\b\w+:\/\/[^\s/:@"'$]+:[^\s/@"'$]+@/, 'an address with a password'],
  [/\b(AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20}/, 'a key of Azure'],
  [/\{\{resolve:(secretsmanager|ssm-secure):/, 'a secret that CloudFormation would write into a resource'],
];

/** Everything in a document that is, or looks like, a secret: where, and why. */
function findSecrets(value, path = []) {
  if (typeof value === 'string') {
    // Which secret of Secret Manager a service reads.
    if (path.at(-1) === 'secret' && path.includes('secret_key_ref')) return [];
    const key = String(path.at(-1)).replace(/([a-z])([A-Z])/g, '$1_$2');
    const written = value !== '' && !/\$\{|^@Microsoft\.KeyVault\(|^(arn|https?|projects|\/subscriptions)[:/]/.test(value);
    const shapes = SHAPES.filter(([shape]) => shape.test(value)).map(([, what]) => what);
    return [...shapes, ...(NAME.test(key) && written ? [`${key} is written out`] : [])].map((why) => `${path.join('.')}: ${why}`);
  }
  if (value === null || typeof value !== 'object') return [];
  // An environment variable: { Name, Value } of CloudFormation, { name, value } of Terraform.
  const [name, given] = [value.name ?? value.Name, value.value ?? value.Value];
  const variable = typeof name === 'string' && typeof given === 'string' ? findSecrets(given, [...path, name]) : [];
  return [...variable, ...Object.entries(value).flatMap(([key, v]) => findSecrets(v, [...path, key]))];
}

// What does not find these finds nothing.
const PLANTED = [
  { MasterUserPassword: 'hunter2' },
  { administrator_password: 'hunter2' },
  { Environment: [{ Name: 'API_KEY', Value: 'abc' }] },
  { env: [{ name: 'HF_TOKEN', value: 'hf_abc' }] },
  { Variables: { DB: 'postgresql://mlflow:hunter2@db.example.com/mlflow' } },
  { Value: '{{resolve:secretsmanager:db:SecretString:password}}' },
];
for (const planted of PLANTED)
  if (!findSecrets(planted).length) throw new Error(`a planted secret is not found: ${JSON.stringify(planted)}`);

const files = process.argv.slice(2).flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => /(\.template\.json|cdk\.tf\.json|parity\.json)$/.test(name))
    .map((name) => join(folder, name)),
);
const found = files.flatMap((file) => findSecrets(JSON.parse(readFileSync(file, 'utf8'))).map((where) => `${file}: ${where}`));
for (const line of found) console.log(line);
console.log(`${files.length} files, ${found.length} secrets`);
process.exitCode = found.length || !files.length ? 1 : 0;
