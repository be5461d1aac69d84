/** All faults, in no order: the runner shuffles them by the seed. */
import type { Fault } from '../fault.ts';

export const faults: readonly Fault[] = [];
