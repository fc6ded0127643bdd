import { SetupError } from './peers';
import { similar } from './wording';

/**
 * The choice that an option names.
 *
 * @param more what else may be written, as an end of the sentence
 * @throws SetupError if there is no such choice
 */
export function choose<T extends string>(option: string, given: string, known: readonly T[], more = ''): T {
  if (known.includes(given as T)) return given as T;
  const meant = similar(given, known);
  throw new SetupError(`${option} ${given} is none of ${known.join(', ')}${more}.${meant ? ` Did you mean ${meant}?` : ''}`, 2);
}
