import { literal } from '../../core/terraform-text';

/** Where Azure Resource Manager answers. */
export const ARM = 'https://management.azure.com';

/** A call of Azure Resource Manager as an action of a Logic App, with the identity of the app. */
export function call(method: string, uri: string, content?: object, headers: object = {}): { type: string; inputs: object } {
  const authentication = { type: 'ManagedServiceIdentity', audience: `${ARM}/` };
  const sent = content ? { headers: { 'Content-Type': 'application/json', ...headers }, body: content } : { headers };
  const said = Object.keys(sent.headers).length ? sent : {};
  return { type: 'Http', inputs: { method, uri, ...said, authentication } };
}

/** The text of an action or trigger of a Logic App. */
export function body(content: object): string {
  return literal(JSON.stringify(content));
}
