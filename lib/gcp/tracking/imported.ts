import { Construct } from 'constructs';
import { TrackingEngine } from '../../core';
import { isUnresolved } from '../../core/errors';
import { parity } from '../../core/parity';
import { checkPlace } from '../private/place';
import { checksFor } from '../private/root';
import { clientEnvironment } from '../private/tracking-client';
import { SUPPORT } from '../support';
import { Callers, OwnersAffair } from './callers';
import { TrackingServerAttributes } from './props';
import { ExperimentTrackingGrants, IExperimentTracking } from './service';

/** An MLflow server that others own. */
export class ImportedTracking extends Construct implements IExperimentTracking {
  public readonly engine = TrackingEngine.SELF_HOSTED;
  public readonly trackingUri: string;
  public readonly privateAccess: boolean;
  public readonly grants: ExperimentTrackingGrants;
  public readonly eventTopic?: string;
  public readonly audience?: string;
  public readonly project?: string;
  public readonly region?: string;
  public readonly serviceName?: string;

  public constructor(scope: Construct, id: string, attributes: TrackingServerAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ExperimentTracking');
    const { trackingUri, audience, service, eventTopic } = attributes;
    checks.require(
      isUnresolved(trackingUri) || /^https:\/\/[^\s/]+(\/\S*)?$/.test(trackingUri),
      'syntax',
      'trackingUri',
      trackingUri,
      'not the address of a server that is reached over TLS',
      'write one such as https://mlflow.example.com',
    );
    checks.require(
      eventTopic === undefined || isUnresolved(eventTopic) || /^projects\/[^/]+\/topics\/[^/]+$/.test(eventTopic),
      'syntax',
      'eventTopic',
      eventTopic,
      'not the path of a topic',
      'write projects/P/topics/T',
    );
    if (service) checkPlace(checks, service.project, service.region);
    checks.done();
    this.trackingUri = trackingUri.replace(/\/+$/, '');
    this.privateAccess = attributes.privateAccess ?? false;
    this.audience = audience;
    this.eventTopic = eventTopic;
    this.project = service?.project;
    this.region = service?.region;
    this.serviceName = service?.serviceName;
    this.grants = service ? new Callers(this, service) : new OwnersAffair();
    parity.mapped(this, 'gcp', '', SUPPORT['tracking.existing'].by);
  }

  public environment(): { readonly [name: string]: string } {
    return clientEnvironment(this.trackingUri, this.audience);
  }
}
