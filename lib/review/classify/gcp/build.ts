import { amount, at, isSymbol, keyOf, Kind, leads, opens, Rule, shown, stops, vanishes } from '../terraform';

// A build can do what its steps say, with the rights of its account: approval and origin are what holds it back.
const source: Rule = (thing) => {
  const paths = [
    'repository_event_config',
    'github',
    'trigger_template',
    'source_to_build',
    'git_file_source',
    'webhook_config',
    'pubsub_config',
  ];
  const differs = thing.was && thing.is && paths.filter((p) => thing.touched(p) && keyOf(at(thing.was, p)) !== keyOf(at(thing.is, p)));
  return differs?.length
    ? [
        thing.finding(
          'access',
          `Something else starts {it}: ${shown(differs.map((p) => `\`${p}\``))} differs; whoever may cause that can run its steps.`,
        ),
      ]
    : [];
};

/** Pipelines and where they take their code from. */
export const BUILD: { readonly [type: string]: Kind } = {
  google_cloudbuild_trigger: {
    noun: 'trigger',
    stops: 'no commit starts {it} any more',
    rules: [
      stops('disabled', true, 'No commit starts {it} any more: it is disabled.', { absent: false }),
      opens('approval_config.approval_required', false, 'Whoever may push runs {it} without anybody approving it.', { absent: false }),
      opens(
        'repository_event_config.pull_request.comment_control',
        ['COMMENTS_DISABLED'],
        'Whoever opens a pull request, from a fork too, runs {it}.',
        {
          absent: 'COMMENTS_DISABLED',
        },
      ),
      leads('access', 'service_account', (was, is) => `Builds of {it} run as ${is} and may do what that may, where it was ${was}.`),
      vanishes('access', 'service_account', 'Builds of {it} run as the default account of Cloud Build and may do what that may.'),
      source,
      amount('build.options.machine_type', 'The machine type of a build', 'UNSPECIFIED'),
    ],
  },
  google_cloudbuildv2_connection: {
    noun: 'connection',
    stops: 'no commit reaches the triggers of {it}',
    rules: [stops('disabled', true, 'No commit reaches the triggers of {it}: it is disabled.', { absent: false })],
  },
  google_cloudbuildv2_repository: {
    noun: 'repository link',
    stops: 'no commit of {it} starts a build',
    rules: [
      (thing) =>
        thing.was && thing.is && thing.touched('remote_uri') && !isSymbol(at(thing.is, 'remote_uri'))
          ? [thing.finding('access', `Whoever may push to ${shown(at(thing.is, 'remote_uri'))} starts the triggers of {it}.`)]
          : [],
    ],
  },
};
