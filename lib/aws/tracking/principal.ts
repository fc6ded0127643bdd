import { AccountPrincipal, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Token } from 'aws-cdk-lib/core';

/** The ARN by which policies name a role or a user; nothing for services, accounts and everybody. */
export function arnOf(principal: IPrincipal): string | undefined {
  if (principal instanceof AccountPrincipal) return undefined;
  const { AWS: names } = principal.policyFragment.principalJson as { AWS?: string[] };
  const arn = names?.length === 1 ? names[0] : undefined;
  return arn !== undefined && (Token.isUnresolved(arn) || /^arn:[^:]+:(iam|sts)::\d*:(role|user|assumed-role)\//.test(arn))
    ? arn
    : undefined;
}
