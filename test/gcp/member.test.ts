import { IamMember } from '../../lib/gcp/member';

describe('a member', () => {
  test.each([
    [IamMember.serviceAccount('a@p.iam.gserviceaccount.com'), 'serviceAccount:a@p.iam.gserviceaccount.com'],
    [IamMember.user('a@example.com'), 'user:a@example.com'],
    [IamMember.group('g@example.com'), 'group:g@example.com'],
    [IamMember.of('principalSet://iam.googleapis.com/x'), 'principalSet://iam.googleapis.com/x'],
  ])('is named as policies name it', (member, name) => {
    expect(member.member).toBe(name);
  });

  test.each(['allUsers', 'allAuthenticatedUsers'])('is never everybody: %s', (everybody) => {
    expect(() => IamMember.of(everybody)).toThrow(
      `member "${everybody}": it stands for everybody on the internet; write user:, group:, serviceAccount: or principalSet://`,
    );
  });
});
