import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { ModelApproval } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { IMember } from '../../lib/gcp/member';
import { ModelRegistry, ModelRegistryProps, ModelSubscriptionProps } from '../../lib/gcp/models';
import { ExperimentTracking, IModelEventTarget, TrackingServerAttributes } from '../../lib/gcp/tracking';
import { problemsOf } from '../contract/room';
import { ALICE, Json, PLACE, synth } from './helper';

const THEIRS: TrackingServerAttributes = {
  trackingUri: 'https://mlflow.example.com',
  audience: 'https://mlflow.example.com',
  service: { ...PLACE, serviceName: 'mlflow' },
  eventTopic: 'projects/acme-ml-dev/topics/events',
};

class Target extends Construct implements IModelEventTarget {
  public readonly startCommand = 'gcloud workflows run train --location europe-west4';
  public readonly granted: string[] = [];

  public grantStart(id: string, grantee: IMember): void {
    this.granted.push(`${id}: ${grantee.member}`);
  }
}

const make = (stack: TerraformStack, props: Partial<ModelRegistryProps> = {}, server: Partial<TrackingServerAttributes> = {}) =>
  new ModelRegistry(stack, 'Housing', {
    modelName: 'housing',
    tracking: ExperimentTracking.fromTrackingServerAttributes(stack, 'Server', { ...THEIRS, ...server }),
    ...props,
  });
function registry(props: Partial<ModelRegistryProps> = {}, then: (r: ModelRegistry, stack: TerraformStack) => void = () => undefined) {
  return synth((stack) => then(make(stack, props), stack));
}
describe('ModelRegistry', () => {
  test('makes no resource, and says so', () => {
    let root: ModelRegistry;
    expect(registry({}, (r) => (root = r)).resources).toEqual([]);
    expect(parity.report(root!).find((e) => e.path === 'test/Housing')).toMatchObject({
      kind: 'approximated',
      became: 'registry of the tracking server',
      reason: 'Terraform cannot declare a model of the Vertex AI registry',
    });
  });

  test('says the exact commands', () => {
    registry({}, (r) => {
      expect(r.registerCommand).toBe(
        'MLFLOW_TRACKING_URI=https://mlflow.example.com MLFLOW_TRACKING_AUTH=mlops-constructs ML_TRACKING_AUTH=google-id-token ' +
          `ML_TRACKING_AUDIENCE=https://mlflow.example.com python -c "import mlflow; mlflow.register_model('runs:/RUN_ID/model', 'housing')"`,
      );
      expect(r.approveCommand).toBe(
        'curl --fail-with-body --header "Authorization: Bearer $(gcloud auth print-identity-token)" --request POST ' +
          `--header 'Content-Type: application/json' --data '{"name": "housing", "alias": "production", "version": "VERSION"}' ` +
          'https://mlflow.example.com/api/2.0/mlflow/registered-models/alias',
      );
      expect(r.resolveCommand).toBe(
        'curl --fail-with-body --header "Authorization: Bearer $(gcloud auth print-identity-token)" ' +
          `'https://mlflow.example.com/api/2.0/mlflow/registered-models/alias?name=housing&alias=production'`,
      );
      expect(String(r.inService)).toBe('models:/housing@production');
    });
  });

  test('a description is a note beside the command', () => {
    const s = registry({ description: 'House prices in ${city}' });
    const output = Object.values<Json>(s.json.output).find((o) => o.description.startsWith('Registers'))!;
    expect(output.description).toContain('(House prices in $${city})');
  });

  describe('grants', () => {
    test.each(['register', 'read', 'approve'] as const)('%s lets somebody call the server', (grant) => {
      const s = registry({}, (r) => r.grants[grant]('Alice', ALICE));
      expect(s.only('google_cloud_run_v2_service_iam_member')).toEqual({
        project: 'acme-ml-dev',
        location: 'europe-west4',
        name: 'mlflow',
        role: 'roles/run.invoker',
        member: 'user:alice@example.com',
      });
    });
  });

  describe('approval', () => {
    const server = (approval: ModelApproval | undefined) =>
      synth((stack) => {
        const approved: { [model: string]: string[] } = {};
        const tracking = ExperimentTracking.fromTrackingServerAttributes(stack, 'Server', THEIRS);
        Object.assign(tracking, {
          approvals: {
            demand: (model: string) => (approved[model] ??= []),
            allow: (model: string, { member }: IMember) => (approved[model] ??= []).push(member),
          },
        });
        const r = new ModelRegistry(stack, 'Housing', { modelName: 'housing', approval, tracking });
        r.grants.register('Bob', { member: 'user:bob@example.com' });
        r.grants.approve('Alice', ALICE);
        expect(approved).toEqual(approval === ModelApproval.AUTOMATIC ? {} : { housing: ['user:alice@example.com'] });
      });

    test('is required of those who were granted it, by default', () => {
      server(undefined);
    });

    test('may be automatic: then the server does not guard the model', () => {
      server(ModelApproval.AUTOMATIC);
    });

    test('at a server of others is their affair, and the report says so', () => {
      let root: ModelRegistry;
      registry({}, (r) => (root = r));
      expect(parity.report(root!).find((e) => e.path === 'test/Housing.approval')).toMatchObject({
        kind: 'approximated',
        became: 'the rules of the server that exists already',
      });
    });
  });

  describe('events', () => {
    test('start something by a trigger that looks at model and kind', () => {
      let target: Target;
      const s = registry({}, (r, stack) => r.onApproved('Retrain', (target = new Target(stack, 'Train'))));
      const trigger = s.only('google_cloudbuild_trigger');
      expect(trigger).toMatchObject({
        pubsub_config: { topic: 'projects/acme-ml-dev/topics/events' },
        filter: '_MODEL == "housing" && _TYPE == "model.approved"',
        substitutions: { _MODEL: '$(body.message.attributes.model)', _TYPE: '$(body.message.attributes.type)' },
        service_account: expect.stringMatching(/google_service_account/),
      });
      expect(trigger.build.step[0].script).toContain('gcloud workflows run train --location europe-west4\n');
      expect(target!.granted).toEqual([expect.stringMatching(/^Housing-Retrain-Start: /)]);
      expect(s.all('google_project_iam_member').map((m) => m.role)).toEqual(['roles/logging.logWriter']);
    });

    test('are those of registrations, too', () => {
      const s = registry({}, (r, stack) => r.onRegistered('Check', new Target(stack, 'Check')));
      expect(s.only('google_cloudbuild_trigger').filter).toBe('_MODEL == "housing" && _TYPE == "model.registered"');
    });

    const subscribed = (props?: ModelSubscriptionProps) =>
      registry({}, (r) => r.subscribe('Sub', props)).only('google_pubsub_subscription');

    test('may be pulled, from a subscription that is not forgotten', () => {
      expect(subscribed()).toMatchObject({
        topic: 'projects/acme-ml-dev/topics/events',
        filter: 'attributes.model = "housing" AND attributes.type = "model.approved"',
        expiration_policy: { ttl: '' },
      });
      expect(subscribed()).not.toHaveProperty('push_config');
    });

    test('may be pushed, with a token', () => {
      const push = {
        registrations: true,
        pushEndpoint: 'https://x.example.com',
        pushAccountEmail: 'p@acme-ml-dev.iam.gserviceaccount.com',
      };
      expect(subscribed(push)).toMatchObject({
        filter: 'attributes.model = "housing" AND attributes.type = "model.registered"',
        push_config: {
          push_endpoint: 'https://x.example.com',
          oidc_token: { service_account_email: 'p@acme-ml-dev.iam.gserviceaccount.com', audience: 'https://x.example.com' },
        },
      });
    });

    test('are not pushed without a token, nor without TLS', () => {
      expect(problemsOf(() => subscribed({ pushEndpoint: 'http://x' }))).toMatchObject([
        { code: 'syntax', prop: 'pushEndpoint', instead: 'write one that starts with https://' },
        { code: 'missing', prop: 'pushAccountEmail', reason: 'a message without a token could come from anybody' },
      ]);
      expect(problemsOf(() => subscribed({ pushAccountEmail: 'p@x' }))).toMatchObject([{ code: 'conflict', prop: 'pushAccountEmail' }]);
    });

    test('need a topic, and a place', () => {
      const of = (server: Partial<TrackingServerAttributes>) =>
        problemsOf(() => synth((stack) => make(stack, {}, server).subscribe('Sub')));
      expect(of({ eventTopic: undefined })).toMatchObject([
        {
          code: 'missing',
          prop: 'tracking',
          reason: 'the server exists already, and no topic of its events is named',
          instead: 'give eventTopic in fromTrackingServerAttributes',
        },
      ]);
      expect(of({ service: undefined })).toMatchObject([
        { code: 'missing', prop: 'tracking', instead: 'give service in fromTrackingServerAttributes' },
      ]);
    });
  });
});
