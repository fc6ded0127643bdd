import { Construct } from 'constructs';
import { IPrincipal } from '../../lib/azure/resource-group';
import { ExperimentTrackingGrants, IExperimentTracking, TrackingApprovals } from '../../lib/azure/tracking';
import { ModelReference, TrackingEngine } from '../../lib/core';
import { SUBSCRIPTION } from './helper';

const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
export const CLIENT = '11111111-1111-1111-1111-111111111111';

/** A tracking server that makes no resource and remembers what it was told. */
export class FakeTracking extends Construct implements IExperimentTracking {
  public readonly engine: TrackingEngine = TrackingEngine.SELF_HOSTED;
  public readonly trackingUri: string = 'https://mlflow.internal.example';
  public readonly privateAccess: boolean = true;
  public readonly audience?: string = CLIENT;
  public readonly eventTopicId?: string = `${ID}/Microsoft.EventGrid/topics/ml`;
  public readonly eventPrincipal?: IPrincipal = { principalId: 'the-topic', principalType: 'ServicePrincipal' };
  public readonly workspaceId?: string;
  public readonly containerAppId = `${ID}/Microsoft.App/containerApps/mlflow`;
  public readonly alwaysOn = true;
  public readonly databaseServerId = `${ID}/Microsoft.DBforPostgreSQL/flexibleServers/mlflow`;
  public readonly users: IPrincipal[] = [];
  public readonly told: string[] = [];
  public readonly grants: ExperimentTrackingGrants = { use: (_id: string, p: IPrincipal) => void this.users.push(p) };
  public readonly approvals?: TrackingApprovals = {
    demand: (model: string) => void this.told.push(`demand ${model}`),
    allow: (model: string, p: IPrincipal) => void this.told.push(`allow ${model} ${p.principalId}`),
  };

  public environment(): { readonly [name: string]: string } {
    return { MLFLOW_TRACKING_URI: this.trackingUri, MLFLOW_TRACKING_AUTH: 'mlops-constructs' };
  }

  public modelUri(model: ModelReference): string {
    return String(model);
  }
}
