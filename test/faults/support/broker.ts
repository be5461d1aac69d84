/** A broker of the run's own, ended and started again on the same data behind the lines of all processes. */
import { mkdirSync } from 'node:fs';
import { startKafka } from '../../../infra/kafka.ts';
import type { StartedPart } from '../../../infra/part.ts';
import type { Broker } from '../fault.ts';
import type { Edges } from '../proxy/edges.ts';

/** What a clean end may take: it writes its logs out, and hands over nothing. */
const cleanMs = 30_000;

export interface OwnBroker extends Broker {
  readonly address: () => string;
  /** Lines that follow it when it stands at another port after a restart. */
  readonly follow: (edges: Edges) => void;
}
export const ownBroker = async (dataDir: string): Promise<OwnBroker> => {
  mkdirSync(dataDir, { recursive: true });
  const begin = (): Promise<StartedPart> =>
    startKafka({ dataDir, durable: false, preferredPort: 0, onProgress: () => undefined });
  let part: StartedPart | undefined = await begin();
  let address = part.addresses.brokers!;
  const lines: Edges[] = [];
  return {
    address: () => address,
    running: () => part !== undefined,
    follow: edges => void lines.push(edges),
    stop: async signal => {
      const ending = part;
      part = undefined;
      await ending?.child.stop(signal === 'SIGTERM' ? cleanMs : 0);
    },
    start: async () => {
      part = await begin();
      address = part.addresses.brokers!;
      await Promise.all(lines.map(line => line.retarget(address)));
    },
  };
};
