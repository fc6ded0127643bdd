/**
 * A text that Terraform shall take as it is: `${HOME}` in a shell command is not a Terraform expression.
 * Tokens of cdktf are left alone, so that attributes of resources can be part of the text.
 */
export function literal(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)/g, '$$$${').replace(/%\{/g, '%%{');
}
