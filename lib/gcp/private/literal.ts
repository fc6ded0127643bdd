/**
 * A user's text as Terraform shall read it: `${` and `%{` in it are letters, not expressions.
 * References of cdktf (tokens) stay references.
 */
export function literal(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)/g, '$$$${').replace(/%\{/g, '%%{');
}

/** `literal` for each value of a map, such as environment variables. */
export function literals(values: { readonly [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, literal(value)]));
}
