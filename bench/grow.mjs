// Stacks of any number of resources, and what somebody might change in them.

/** Copies of all resources that refer to each other within their copy, as many as are asked for. */
export function growTemplate(template, size) {
  const ids = Object.keys(template.Resources);
  return { ...template, Resources: Object.fromEntries(copies(template.Resources, ids, size).flatMap(Object.entries).slice(0, size)) };
}

export function growTerraform(stack, size) {
  const names = [...new Set(Object.values(stack.resource).flatMap(Object.keys))];
  const resource = {};
  let left = size;
  for (const copy of copies(stack.resource, names, size))
    for (const [type, blocks] of Object.entries(copy))
      for (const [name, body] of Object.entries(blocks)) if (left-- > 0) (resource[type] ??= {})[name] = body;
  return { ...stack, resource };
}

function copies(resources, names, size) {
  const escaped = names.sort((a, b) => b.length - a.length).map((name) => name.replace(/[^\w]/g, '\\$&'));
  const anyName = new RegExp(`(?<![\\w-])(${escaped.join('|')})(?![\\w-])`, 'g');
  const text = JSON.stringify(resources);
  return Array.from({ length: Math.ceil((size * 2) / names.length) }, (_, i) =>
    JSON.parse(text.replace(anyName, `$1x${i}`).replace(/(housing-dev[\w-]*\/)Platform\//g, `$1Platform${i}/`)),
  );
}

/** Of every hundred resources ten change, two are gone and two have another name. */
function changeEach(entries, change) {
  return Object.fromEntries(
    entries.flatMap(([name, body], i) => {
      if (i % 50 === 7) return [];
      if (i % 50 === 9) return [[`${name}Renamed`, body]];
      return [[name, i % 10 === 0 ? change(body) : body]];
    }),
  );
}

export function changeTemplate(template) {
  const change = (resource) => ({ ...resource, Properties: changeScalar(resource.Properties ?? {}) });
  return { ...template, Resources: changeEach(Object.entries(template.Resources), change) };
}

export function changeTerraform(stack) {
  const resource = Object.fromEntries(
    Object.entries(stack.resource).map(([type, blocks]) => [type, changeEach(Object.entries(blocks), changeScalar)]),
  );
  return { ...stack, resource };
}

function changeScalar(body) {
  const [key, value] = Object.entries(body).find(([k, v]) => k !== '//' && typeof v === 'string') ?? ['Description', ''];
  return { ...body, [key]: `${value}-changed` };
}
