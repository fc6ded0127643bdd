import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import { ModelReference, TrackingEngine } from '../../core';
import { isUnresolved } from '../../core/errors';
import { TRACKING_ENV } from '../../core/tracking';
import { parseResourceId } from '../private/resource-id';
import { checksFor } from '../private/root';
import { clientEnvironment } from '../private/tracking-client';
import { IPrincipal } from '../resource-group';
import { TrackingServerAttributes } from './props';
import { ExperimentTrackingGrants, IExperimentTracking } from './service';

/** An MLflow server that others own. */
export class ImportedTracking extends Construct implements IExperimentTracking {
  public readonly engine = TrackingEngine.SELF_HOSTED;
  public readonly trackingUri: string;
  public readonly privateAccess: boolean;
  public readonly grants: ExperimentTrackingGrants;
  public readonly eventTopicId?: string;
  public readonly audience?: string;

  public constructor(scope: Construct, id: string, attributes: TrackingServerAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.ExperimentTracking');
    checks.require(
      isUnresolved(attributes.trackingUri) || /^https:\/\/[^\s/]+(\/\S*)?$/.test(attributes.trackingUri),
      'syntax',
      'trackingUri',
      attributes.trackingUri,
      'not the address of a server that is reached over TLS',
      'write one such as https://mlflow.example.com',
    );
    this.eventTopicId =
      attributes.eventTopicId && parseResourceId(checks, 'eventTopicId', attributes.eventTopicId, 'Microsoft.EventGrid/topics').id;
    checks.done();
    this.trackingUri = attributes.trackingUri.replace(/\/+$/, '');
    this.privateAccess = attributes.privateAccess ?? false;
    this.audience = attributes.entraClientId;
    this.grants = new OwnersAffair(this);
  }

  public environment(): { readonly [name: string]: string } {
    return this.audience === undefined ? { [TRACKING_ENV.URI]: this.trackingUri } : clientEnvironment(this.trackingUri, this.audience);
  }

  public modelUri(model: ModelReference): string {
    return String(model);
  }
}

class OwnersAffair extends ExperimentTrackingGrants {
  private said = false;

  public constructor(private readonly scope: Construct) {
    super();
  }

  public use(_id: string, _grantee: IPrincipal): void {
    if (!this.said)
      Annotations.of(this.scope).addInfo('grants.use changes nothing: the server exists already, and lets programs in by itself');
    this.said = true;
  }
}
