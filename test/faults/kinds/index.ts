/** All faults, in no order: the runner shuffles them by the seed. */
import type { Fault } from '../fault.ts';
import { brokers } from './broker.ts';
import { dlqFaults } from './dlq.ts';
import { hotKeys } from './hot.ts';
import { kills } from './kill.ts';
import { lateRequests } from './late.ts';
import { network } from './network.ts';
import { poison } from './poison.ts';
import { races } from './race.ts';
import { replays } from './replay.ts';
import { schemaFaults } from './schema.ts';
import { storms } from './storm.ts';
import { zombies } from './zombie.ts';

export const faults: readonly Fault[] = [
  ...kills,
  ...zombies,
  ...brokers,
  ...storms,
  ...network,
  ...lateRequests,
  ...poison,
  ...schemaFaults,
  ...dlqFaults,
  ...replays,
  ...hotKeys,
  ...races,
];
