import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';

/** Permissions on an inference service. */
export class LambdaInferenceGrants {
  /** @internal */
  public static _of(invoke: (grantee: IGrantable) => Grant): LambdaInferenceGrants {
    return new LambdaInferenceGrants(invoke);
  }

  private constructor(private readonly grantInvoke: (grantee: IGrantable) => Grant) {}

  /**
   * To send requests, signed with IAM.
   *
   * Gives the action that the service's endpoint checks: `execute-api:Invoke` where an API of API Gateway stands before the function,
   * else `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction` through the URL only.
   */
  public invoke(grantee: IGrantable): Grant {
    return this.grantInvoke(grantee);
  }
}
