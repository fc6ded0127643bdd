// What a synthesized stack holds, of CloudFormation or of Terraform.

/** Resources by address, each with its type and its text. */
export function contentsOf(text) {
  const { Resources, resource = {} } = JSON.parse(text);
  const found = Resources
    ? Object.entries(Resources).map(([id, r]) => [id, { type: r.Type, content: JSON.stringify(r) }])
    : Object.entries(resource).flatMap(([type, of]) =>
        Object.entries(of).map(([name, r]) => [`${type}.${name}`, { type, content: contentOf(r) }]),
      );
  return Object.fromEntries(found);
}

/** What Terraform looks at when it is there already. */
function contentOf(resource) {
  const ignored = resource.lifecycle?.ignore_changes ?? [];
  return JSON.stringify(Object.entries(resource).filter(([attribute]) => attribute !== 'depends_on' && !ignored.includes(attribute)));
}

/** Logical ids, or addresses. */
export function addressesOf(text) {
  return Object.keys(contentsOf(text));
}

/** Every reference leads to something that is in the stack. */
export function checkReferences(file, body) {
  const text = JSON.stringify(body);
  if (body.Resources) {
    const known = new Set([...Object.keys(body.Resources), ...Object.keys(body.Parameters ?? {}), ...Object.keys(body.Conditions ?? {})]);
    for (const [, name] of text.matchAll(/"(?:Ref|Fn::GetAtt)":\s*\[?"([^"]+)"/g))
      if (!name.startsWith('AWS::') && !known.has(name)) throw new Error(`${file}: ${name} is referred to and not there`);
    return;
  }
  const known = new Set();
  for (const [kind, prefix] of [
    ['resource', ''],
    ['data', 'data.'],
  ])
    for (const [type, of] of Object.entries(body[kind] ?? {})) for (const name of Object.keys(of)) known.add(`${prefix}${type}.${name}`);
  for (const [, expression] of text.matchAll(/(?<!\$)\$\{((?:[^{}]|\{[^{}]*\})*)\}/g))
    for (const [, address] of expression
      .replace(/\\"(?:[^"\\]|\\\\.)*?\\"/g, '')
      .matchAll(/\b((?:data\.)?(?:azurerm|google|terraform)_\w+\.[\w-]+)/g))
      if (!known.has(address)) throw new Error(`${file}: ${address} is referred to and not there`);
}

/** What a stack reads of another is an output there. */
export function checkOutputs(bodies) {
  const known = new Set(bodies.flatMap(({ Resources, Outputs }) => (Resources ? Object.keys(Outputs ?? {}) : [])));
  for (const [, output] of JSON.stringify(bodies).matchAll(/"Fn::GetStackOutput":\{[^}]*"OutputName":"(\w+)"/g))
    if (!known.has(output)) throw new Error(`no stack has the output ${output} that another reads`);
}
