/** A drawn moment: it decides when a fault happens, never whether something holds. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Draw } from '../fault.ts';
import { below } from './kills.ts';

export const drawnMoment = (draw: Draw, withinMs: number): Promise<void> => delay(below(draw, withinMs));
