import { Body, Change, Finding } from '../../model';
import { findTracking, variablesOf } from '../tracking';
import { at, differs, isEqual, isOpaque, listOf, plain, recordOf } from './body';

/** What rows of tables cannot tell of containers, of parameters of databases and of what registries pull. */
export function findContainers(change: Change): Finding[] {
  const { type, before, after } = change;
  if (!before || !after) {
    return [];
  }
  return type === 'AWS::ECS::TaskDefinition'
    ? task(before, after)
    : type === 'AWS::RDS::DBParameterGroup'
      ? parameters(change)
      : type === 'AWS::ECR::PullThroughCacheRule'
        ? upstream(change)
        : type === 'AWS::ECS::Service'
          ? healthy(change)
          : [];
}

const LIST = 'ContainerDefinitions';

function task(before: Body, after: Body): Finding[] {
  const [was, is] = [before, after].map((body) => at(body, LIST));
  if (isEqual(was, is)) {
    return [];
  }
  if (isOpaque(was) || isOpaque(is)) {
    return [{ class: 'unknown', why: 'Its containers differ, and which they are only the deployment knows.' }];
  }
  const found = findTracking(
    variablesOf(listOf(was), 'Environment', 'Name', 'Value'),
    variablesOf(listOf(is), 'Environment', 'Name', 'Value'),
  );
  for (const container of listOf(is).map(recordOf)) {
    const old = listOf(was)
      .map(recordOf)
      .find((c) => isEqual(c.Name, container.Name));
    if (old) {
      found.push(...compared(plain(container.Name), old, container));
    }
  }
  return found;
}

function compared(name: string, was: Body, is: Body): Finding[] {
  const secrets = (body: Body): Map<string, string> =>
    new Map(listOf(body.Secrets).map((s) => [plain(recordOf(s).Name), plain(recordOf(s).ValueFrom)]));
  const [old, now] = [was, is].map(secrets);
  const others = [...now].filter(([n, from]) => old.get(n) !== from);
  const lost = (property: string): boolean => was[property] !== undefined && is[property] === undefined;
  return [
    ...others.map(([n, from]): Finding => ({ class: 'access', why: `The container ${name} can newly read the secret ${from}, as ${n}.` })),
    ...(lost('LogConfiguration')
      ? [{ class: 'interrupt' as const, why: `Nobody sees any more what the container ${name} writes: its logs go nowhere.` }]
      : []),
    ...(lost('HealthCheck')
      ? [{ class: 'interrupt' as const, why: `The container ${name} is no longer restarted when it hangs: nobody asks it.` }]
      : []),
  ];
}

/** The name of the parameter has a dot in it. */
function parameters(change: Change): Finding[] {
  const [was, is] = [change.before, change.after].map((body) => recordOf(at(body, 'Parameters')));
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((n) => !isEqual(was[n], is[n]));
  const tls = 'rds.force_ssl';
  const found: Finding[] = [];
  if (names.includes(tls) && String(was[tls]) === '1') {
    found.push({
      class: 'access',
      why: 'Clients can newly connect to the database without TLS.',
      // Without a word on it the engine decides, by its version.
      ...(String(is[tls]) === '0' ? {} : { conditional: true }),
    });
  }
  const others = names.filter((n) => n !== tls);
  if (others.length > 0) {
    found.push({
      class: 'interrupt',
      conditional: true,
      why: `Other parameters hold, some of them from the next restart on: ${others.join(', ')}.`,
    });
  }
  return found;
}

function upstream(change: Change): Finding[] {
  const [was, is] = [change.before, change.after].map((body) => plain(at(body, 'UpstreamRegistryUrl')));
  const found: Finding[] = [];
  if (differs(change, 'UpstreamRegistryUrl')) {
    found.push({ class: 'access', why: `Whoever pulls images through it newly gets those of ${is}, before: ${was}.` });
  }
  if (differs(change, 'CredentialArn')) {
    const login = at(change.after, 'CredentialArn');
    found.push(
      login === undefined
        ? { class: 'interrupt', why: 'Images that need a login are no longer pulled through it.' }
        : { class: 'access', why: `It newly logs in with the secret ${plain(login)}.` },
    );
  }
  return found;
}

/** How many tasks stay while a new version comes. */
function healthy(change: Change): Finding[] {
  const [was, is] = [change.before, change.after].map((body) => Number(at(body, 'DeploymentConfiguration.MinimumHealthyPercent') ?? 100));
  return is < was ? [{ class: 'interrupt', why: `Fewer tasks answer while a new version starts: ${is} % of them, before: ${was} %.` }] : [];
}
