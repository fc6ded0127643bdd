/** Who is granted something: `serviceAccount:...`, `user:...`, `group:...`. */
export interface IMember {
  /** As IAM policies name it. */
  readonly member: string;
}
