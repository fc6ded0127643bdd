import { refuse } from '../core/errors';

/** Who is granted something: `serviceAccount:...`, `user:...`, `group:...`. */
export interface IMember {
  /** As IAM policies name it. */
  readonly member: string;
}

/**
 * Somebody who can be granted permissions in Google Cloud.
 *
 * Defines nothing; it names whom `grants` are for. A service account of the provider's `ServiceAccount` class is a member as it is.
 *
 * @example
 * const trainer = gcp.IamMember.group('ml-trainers@example.com');
 *
 * @see https://cloud.google.com/iam/docs/principal-identifiers
 */
export class IamMember implements IMember {
  /**
   * A service account.
   *
   * @param email such as `trainer@acme-ml-dev.iam.gserviceaccount.com`
   */
  public static serviceAccount(email: string): IamMember {
    return new IamMember(`serviceAccount:${email}`);
  }

  /** A person with a Google account. */
  public static user(email: string): IamMember {
    return new IamMember(`user:${email}`);
  }

  /** A Google group. */
  public static group(email: string): IamMember {
    return new IamMember(`group:${email}`);
  }

  /**
   * Any other member as IAM policies name it, such as `principalSet://iam.googleapis.com/...`.
   *
   * @throws a problem for `allUsers` and `allAuthenticatedUsers`, which stand for everybody on the internet
   */
  public static of(member: string): IamMember {
    if (/^all(Authenticated)?Users$/.test(member))
      refuse(
        'conflict',
        'member',
        member,
        'it stands for everybody on the internet',
        'write user:, group:, serviceAccount: or principalSet://',
      );
    return new IamMember(member);
  }

  private constructor(
    /** As IAM policies name it. */
    public readonly member: string,
  ) {}
}
