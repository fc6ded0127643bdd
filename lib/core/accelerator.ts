import { ACCELERATORS } from './catalogue';
import { oneOf, refuse } from './errors';

/**
 * A kind of GPU, asked for by name or by need.
 *
 * Which machine carries it is each cloud's catalogue's affair; what a cloud lacks is refused with what it has instead.
 *
 * @example
 * const byNeed = Accelerator.atLeast({ memoryGib: 24 });
 * const byName = Accelerator.A100_80GB;
 */
export class Accelerator {
  /** NVIDIA T4, 16 GiB: all three clouds. */
  public static readonly T4 = new Accelerator('T4', undefined);
  /** NVIDIA L4, 24 GiB: AWS and Google Cloud. */
  public static readonly L4 = new Accelerator('L4', undefined);
  /** NVIDIA A10G, 24 GiB: AWS. */
  public static readonly A10G = new Accelerator('A10G', undefined);
  /** NVIDIA A10, 24 GiB: Azure. */
  public static readonly A10 = new Accelerator('A10', undefined);
  /** NVIDIA A100 with 40 GiB: all three clouds. */
  public static readonly A100_40GB = new Accelerator('A100_40GB', undefined);
  /** NVIDIA L40S, 48 GiB: AWS. */
  public static readonly L40S = new Accelerator('L40S', undefined);
  /** NVIDIA A100 with 80 GiB: all three clouds. */
  public static readonly A100_80GB = new Accelerator('A100_80GB', undefined);
  /** NVIDIA H100 with 80 GiB: all three clouds. */
  public static readonly H100 = new Accelerator('H100', undefined);
  /** NVIDIA H200, 141 GiB: all three clouds. */
  public static readonly H200 = new Accelerator('H200', undefined);
  /** NVIDIA B200, 180 GiB: AWS and Google Cloud. */
  public static readonly B200 = new Accelerator('B200', undefined);

  /**
   * A kind by its catalogue name, such as `A100_80GB`.
   *
   * @throws a problem if the catalogue has no such name
   */
  public static of(name: string): Accelerator {
    if (!ACCELERATORS.some((a) => a.name === name))
      refuse('choice', 'accelerator.type', name, 'not in the catalogue', `write ${oneOf(ACCELERATORS.map((a) => a.name))}`);
    return new Accelerator(name, undefined);
  }

  /** Any kind with at least so much memory; each cloud takes the smallest it has. */
  public static atLeast(need: AcceleratorMemory): Accelerator {
    return new Accelerator(undefined, need.memoryGib);
  }

  private constructor(
    /** The catalogue's name, if it was asked for by name. */
    public readonly kind: string | undefined,
    /** Memory of one device in GiB, if it was asked for by need. */
    public readonly memoryGib: number | undefined,
  ) {}
}

/** How much an accelerator must have. */
export interface AcceleratorMemory {
  /** Memory of one device, in GiB. */
  readonly memoryGib: number;
}
