import { Cause, Finding } from '../model';
import { Block, lifecycleOf, list } from './configuration';

/** Protections that a resource had. Terraform does nothing about that, but it would do other things later. */
export function diffLifecycle(was: Block, is: Block): { readonly causes: Cause[]; readonly findings: Finding[] } {
  const causes: Cause[] = [];
  const findings: Finding[] = [];
  const [before, after] = [lifecycleOf(was), lifecycleOf(is)];
  if (before.prevent_destroy === true && after.prevent_destroy !== true) {
    causes.push({ path: 'lifecycle.prevent_destroy', before: true, replacement: 'no' });
    findings.push({
      class: 'data-loss',
      why: '`prevent_destroy` protects it no longer: a later change may destroy it.',
      conditional: true,
    });
  }
  const [ignored, ignores] = [before, after].map((l) => list(l.ignore_changes).map(String));
  const gone = ignores.includes('all') ? [] : ignored.filter((path) => !ignores.includes(path));
  if (gone.length) {
    causes.push({ path: 'lifecycle.ignore_changes', before: ignored, ...(ignores.length ? { after: ignores } : {}), replacement: 'no' });
    const paths = gone.map((path) => `\`${path}\``).join(', ');
    findings.push({
      class: 'unknown',
      why: `Changes of ${paths} from elsewhere are ignored no longer: what has been deployed there since is put back to what is declared.`,
      conditional: true,
    });
  }
  return { causes, findings };
}
