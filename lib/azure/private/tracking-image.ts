import { join } from 'path';
import { ContainerImage } from '../../core/image';

const SERVER = join(__dirname, '..', '..', '..', 'runtime', 'mlflow');

/** The tracking server of this library, built where it is deployed. */
export function serverImage(): ContainerImage {
  return ContainerImage.fromDirectory(SERVER);
}
