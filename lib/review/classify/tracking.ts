import { Finding } from '../model';

/** Variables of a container, by name. */
export type Variables = ReadonlyMap<string, unknown>;

const MARKS = ['MLFLOW_DB_AUTH', 'MLFLOW_SERVER_ALLOWED_HOSTS'];

/** The variables of some containers, as `{ name, value }`. */
export function variablesOf(containers: readonly unknown[], block: string, name: string, value: string): Variables {
  const field = (of: unknown, key: string): unknown =>
    typeof of === 'object' && of !== null ? (of as { readonly [key: string]: unknown })[key] : undefined;
  const list = containers.flatMap((c) => [field(c, block) ?? []].flat() as unknown[]);
  return new Map(list.map((v) => [String(field(v, name)), field(v, value)]));
}

/** What other settings of our tracking server mean, on every cloud; nothing where it is another program. */
export function findTracking(was: Variables, is: Variables): Finding[] {
  if (!MARKS.some((name) => was.has(name) || is.has(name))) return [];
  const differs = (name: string): boolean => JSON.stringify(was.get(name)) !== JSON.stringify(is.get(name));
  return RULES.flatMap(([name, rule]) => (differs(name) ? rule(text(was.get(name)), text(is.get(name))) : []));
}

type Rule = (was: string | undefined, is: string | undefined) => Finding[];

const RULES: readonly (readonly [name: string, rule: Rule])[] = [
  [
    'MLFLOW_DB_TLS',
    (was, is) =>
      was === 'verify-full' && is !== was
        ? access(
            'Whoever is between the tracking server and its database may read along: the certificate of the database is no longer checked.',
          )
        : [],
  ],
  [
    'MLFLOW_DB_AUTH',
    (was, is) =>
      was !== undefined && is === 'password'
        ? access('A password, and no longer an identity, lets the tracking server in to its database.')
        : interrupt('The tracking server signs in to its database in another way: it does not start if the database refuses that.', true),
  ],
  [
    'MLFLOW_SERVER_ALLOWED_HOSTS',
    (was, is) => {
      const [before, after] = [was, is].map((v) => (v ?? '').split(',').filter(Boolean));
      const [come, gone] = [after.filter((h) => !before.includes(h)), before.filter((h) => !after.includes(h))];
      return [
        ...(come.length ? access(`The tracking server answers for ${come.join(', ')}, too.`) : []),
        ...(gone.length ? interrupt(`The tracking server refuses who calls it ${gone.join(', ')}.`) : []),
      ];
    },
  ],
  [
    'ML_IDENTITY_HEADER',
    (was, is) =>
      is === undefined
        ? interrupt('The tracking server no longer knows who calls it: whoever approves models is refused.', true)
        : was === undefined
          ? []
          : access('The tracking server takes the word of another front for who calls it.', true),
  ],
  ['ML_APPROVERS', approvers],
  [
    'MLFLOW_ARTIFACTS_DESTINATION',
    (was, is) =>
      was === undefined || is === undefined
        ? []
        : interrupt(`Artifacts are looked for in ${is}, where it was ${was}: those of earlier runs are not found unless they are copied.`),
  ],
  ...['MLFLOW_DB_HOST', 'MLFLOW_DB_NAME'].map((name): readonly [string, Rule] => [
    name,
    (was, is) =>
      was === undefined || is === undefined
        ? []
        : interrupt(`The tracking server keeps its runs in another database, ${is}, where it was ${was}: it shows none of those before.`),
  ]),
  [
    'ML_EVENTS',
    (was, is) =>
      was === undefined
        ? []
        : is === undefined
          ? interrupt('Nothing starts any more by a model that is registered or approved.')
          : interrupt(`Who starts by models that are registered or approved is told by ${is}, where it was ${was}.`),
  ],
];

// Of a model that is not in the list, nobody is asked who he is.
function approvers(was: string | undefined, is: string | undefined): Finding[] {
  const [before, after] = [was, is].map(listsOf);
  if (!before || !after) return access('Others may approve models than before.', true);
  return Object.keys({ ...before, ...after }).flatMap((model) => {
    const [old, now] = [before[model], after[model]];
    if (!now) return access(`Whoever may use the tracking server may approve the model ${model}.`);
    if (!old)
      return interrupt(
        `Nobody but ${now.join(', ') || 'nobody'} may approve the model ${model}.`.replace('Nobody but nobody', 'Nobody'),
        true,
      );
    const [come, gone] = [now.filter((w) => !old.includes(w)), old.filter((w) => !now.includes(w))];
    return [
      ...come.flatMap((w) => access(`${w} may approve the model ${model}.`)),
      ...gone.flatMap((w) => interrupt(`${w} may no longer approve the model ${model}.`, true)),
    ];
  });
}

function listsOf(json: string | undefined): { readonly [model: string]: readonly string[] } | undefined {
  try {
    return JSON.parse(json ?? '{}') as { readonly [model: string]: readonly string[] };
  } catch {
    return undefined;
  }
}

/** A reference by its address. */
function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value.replace(/\$\{((?:data\.)?\w+\.[\w-]+)[\w.[\]]*\}/g, '$1') : JSON.stringify(value);
}

function access(why: string, conditional = false): Finding[] {
  return [{ class: 'access', why, ...(conditional ? { conditional } : {}) }];
}

function interrupt(why: string, conditional = false): Finding[] {
  return [{ class: 'interrupt', why, ...(conditional ? { conditional } : {}) }];
}
