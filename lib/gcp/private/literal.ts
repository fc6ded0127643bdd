/**
 * A user's text as Terraform shall read it: `${` and `%{` in it are letters, not expressions.
 * References of cdktf (tokens) stay references.
 */
export function literal(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)/g, '$$$${').replace(/%\{/g, '%%{');
}
