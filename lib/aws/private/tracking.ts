/** Source of the events about models, as `runtime/mlflow` sends them. */
export const EVENT_SOURCE = 'mlops-constructs';
/** The bus that each account has in each region. */
export const DEFAULT_BUS = 'default';

/** Signs a request as VPC Lattice wants it, with credentials in the environment. */
export function curl(region: string): string {
  return [
    'curl --fail-with-body --silent --show-error',
    `--aws-sigv4 "aws:amz:${region}:vpc-lattice-svcs" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"`,
    '--header "x-amz-security-token: $AWS_SESSION_TOKEN" --header "x-amz-content-sha256: UNSIGNED-PAYLOAD"',
  ].join(' ');
}
