import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';

/** How a grant is given, by what runs the server. */
interface TrackingPermissions {
  use(grantee: IGrantable): Grant;
  read(grantee: IGrantable): Grant;
}

/** Permissions on a tracking server. */
export class ExperimentTrackingGrants {
  /** @internal */
  public static _of(permissions: TrackingPermissions): ExperimentTrackingGrants {
    return new ExperimentTrackingGrants(permissions);
  }

  private constructor(private readonly permissions: TrackingPermissions) {}

  /**
   * To track runs, and to register and look up models.
   *
   * On a server of the platform's own it is `vpc-lattice-svcs:Invoke` and a place in the service's auth policy; both are needed. A role of the
   * server's stack, or one whose ARN is known, is admitted by name. For a role that another stack makes the account is admitted, because two
   * stacks cannot name each other; the role's own permission decides then. On a managed server it is the actions of `sagemaker-mlflow` but
   * those that approve a model, and the folder of the artifact store, which clients of a managed server write to themselves.
   */
  public use(grantee: IGrantable): Grant {
    return this.permissions.use(grantee);
  }

  /** To look up and load models and runs: requests by GET only, and on a managed server the actions that read. */
  public read(grantee: IGrantable): Grant {
    return this.permissions.read(grantee);
  }
}
