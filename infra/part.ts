/** What the broker, the registry and the database have in common when they are started. */
import type { Child } from './child.ts';
import type { Progress } from './jars.ts';

export interface Addresses {
  /** As KAFKA_BROKERS takes it: `host:port`, comma-separated. */
  readonly brokers: string;
  readonly registryUrl: string;
  readonly databaseUrl: string;
}

export type Part = 'kafka' | 'registry' | 'postgres';

export interface PartOptions {
  readonly dataDir: string;
  readonly durable: boolean;
  /** Taken when free; 0: any. */
  readonly preferredPort: number;
  readonly onProgress: Progress;
}

export interface StartedPart {
  readonly part: Part;
  readonly child: Child;
  readonly addresses: Partial<Addresses>;
}
