import { Checks, isUnresolved } from '../../core/errors';

/** Whether a text is a region, and not a zone or a reference. */
export function isRegion(text: string): boolean {
  return /^[a-z]+-[a-z]+[0-9]+$/.test(text);
}

/** Refuses a project id or a region that Google Cloud would not take. */
export function checkPlace(checks: Checks, project: string, region?: string): void {
  if (!isUnresolved(project))
    checks.require(
      /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project),
      'name',
      'project',
      project,
      'a project id is 6 to 30 lower-case letters, digits and dashes, a letter first',
      'write the project id (not its name or number), such as acme-ml-dev',
    );
  if (region !== undefined && !isUnresolved(region))
    checks.require(
      isRegion(region),
      'name',
      'region',
      region,
      /^[a-z]+-[a-z]+[0-9]+-[a-z]$/.test(region) ? 'it is a zone' : 'not a region of Google Cloud',
      `write ${/^[a-z]+-[a-z]+[0-9]+-[a-z]$/.test(region) ? region.slice(0, -2) : 'a region such as europe-west4'}`,
    );
}
