/** A drawn moment: it decides when a fault happens, never whether something holds. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Draw } from '../fault.ts';
import { below } from './kills.ts';

/**
 * How long a condition is waited for that must come, ms. It decides nothing but when a run that hangs is given up: the machine may be
 * shared by many, and what was measured stands in the report.
 */
export const patienceMs = 240_000;

export const drawnMoment = (draw: Draw, withinMs: number): Promise<void> => delay(below(draw, withinMs));
