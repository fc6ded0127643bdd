import { createSpinner } from 'nanospinner';
import { Io } from './io';

/** Says what is being done, to somebody who watches; nothing is left of it afterwards. */
export class Progress {
  private readonly spinner: ReturnType<typeof createSpinner> | undefined;

  public constructor(io: Io) {
    this.spinner = io.interactive ? createSpinner('', { stream: process.stderr }) : undefined;
  }

  /** Shows a step, and draws it before the step blocks. */
  public async step(text: string): Promise<void> {
    if (!this.spinner) return;
    if (this.spinner.isSpinning()) this.spinner.update({ text }).spin();
    else this.spinner.start({ text });
    await new Promise((drawn) => setImmediate(drawn));
  }

  /** Takes it away. */
  public done(): void {
    if (this.spinner?.isSpinning()) this.spinner.stop();
  }
}
