import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-run-public-ingress',
  severity: 'medium',
  types: ['google_cloud_run_v2_service'],
  what: 'The service is not reached from the internet.',
  why: 'A service that the internet reaches has to withstand whatever it sends.',
  mend: 'Set ingress to INGRESS_TRAFFIC_INTERNAL_ONLY or INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER.',
  link: 'https://cloud.google.com/run/docs/securing/ingress',
  judge: ({ body }) => demandOneOf(at(body, 'ingress'), 'INGRESS_TRAFFIC_INTERNAL_ONLY', 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER'),
};
