/** The lines of one process: to the broker and to the registry, each of its own, so that one process can be cut off and others not. */
import { kafkaProxy, type KafkaProxy } from './kafka.ts';
import { tcpProxy, type TcpProxy } from './tcp.ts';

export interface Edges {
  readonly brokers: string;
  readonly registryUrl: string;
  readonly kafka: KafkaProxy;
  readonly registry: TcpProxy;
  /** The broker stands at another address now. */
  readonly retarget: (brokers: string) => Promise<void>;
  readonly close: () => Promise<void>;
}
export const edgesTo = async ({
  brokers,
  registryUrl,
}: {
  readonly brokers: string;
  readonly registryUrl: string;
}): Promise<Edges> => {
  const url = new URL(registryUrl);
  const [kafka, registry] = await Promise.all([kafkaProxy(brokers), tcpProxy(url.host)]);
  url.host = registry.address;
  return {
    brokers: kafka.brokers,
    registryUrl: url.href.replace(/\/$/, ''),
    kafka,
    registry,
    retarget: async at => {
      await kafka.down();
      await kafka.up(at);
    },
    close: async () => {
      await Promise.all([kafka.down(), registry.down()]);
    },
  };
};
