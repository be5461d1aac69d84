/**
 * The words authors write units in. A unit is a value that several runtimes read: run it on Kafka, run it in memory, describe it.
 * Everything a unit's author gives here except `source` and `target` is pure: no clock, no random, no I/O, no await.
 */
import type { Settings, SettingValues } from './settings.ts';
import type { Policy } from '../schemas/policy.ts';

/** Something that happened, as its author states it. Past tense, whole, in the trade's words. */
export interface Fact<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** What the runtime stamps on a fact: authors read these and never write them. */
export interface Stamp {
  /** Stable hash: of cause, unit, type and discriminator (processors), or of shop, object, version, type and discriminator (producers). */
  readonly id: string;
  /** The key fields of its topic, joined (`runtime/identity.ts`). */
  readonly key: string;
  /** When the cause reached us, epoch ms UTC: a delivery's receipt, an alarm's due time; outputs inherit it, so a replay says the same. */
  readonly at: number;
  /** The id of the event this followed from; its own id for a delivery. */
  readonly cause: string;
}
/** A fact on the wire. */
export type Event<F extends Fact = Fact> = F & Stamp;

/** A fact to one's future self: fires as an event with `at` = the due time once task time has passed it. */
export interface Alarm<F extends Fact = Fact> {
  readonly alarm: number;
  readonly fact: F;
  /** Units, in flow order, that must first have read all that had reached them when the alarm fell due. */
  readonly waitsFor: readonly string[];
}
/** `at` is epoch ms UTC. Alarms are never cancelled: the rule that receives one ignores it when its state has moved on. */
export const alarm = <F extends Fact>(at: number, fact: F, waitsFor: readonly string[] = []): Alarm<F> => ({
  alarm: at,
  fact,
  waitsFor,
});
export const isAlarm = <F extends Fact, A extends Fact>(output: F | Alarm<A>): output is Alarm<A> => 'alarm' in output;

/** Where facts of certain types travel. */
export interface Topic {
  readonly name: string;
  readonly doc: string;
  /** Fields of every fact on it, whose values make the record's key. */
  readonly key: readonly string[];
  readonly facts: readonly string[];
  readonly partitions: number;
  /** How long records are kept; `forever` for what books and rebuilds stand on. */
  readonly retentionDays: number | 'forever';
  /** Compacted, the newest per key, for readers outside; never a processor's input. */
  readonly table: boolean;
}

/**
 * A field of personal data. On the wire: `bytes`, encrypted under the key `keyId`. Inside a unit that opens it: `open`.
 * A unit that does not open it carries it along as it is. When the key was erased it stays `bytes` (see `opened`).
 */
export type Sealed<Plain = unknown> =
  { readonly keyId: string; readonly bytes: string } | { readonly keyId: string; readonly open: Plain };
/** The plain value, or undefined when its key was erased or this unit does not open sealed fields. */
export const opened = <Plain>(sealed: Sealed | null): Plain | undefined =>
  sealed !== null && 'open' in sealed ? (sealed.open as Plain) : undefined;

/**
 * facts → facts with state, exactly once inside Kafka. State is per key. `decide` returns `[]` when nothing follows and never throws
 * for a business reason; a throw restores the state before the event and sets the event aside. The runtime folds
 * `[event, ...facts].reduce(evolve, state)`; alarms are not folded. `evolve` may read only `type` and `data`.
 * Fields of State that hold `Entries` are named in `entries` and stored one by one.
 */
export interface Processor<State, In extends Fact, Out extends Fact> {
  readonly name: string;
  readonly doc: string;
  readonly reads: readonly Topic[];
  readonly writes: readonly Topic[];
  /** Types of facts that only this unit sees: alarms, and notes to itself that are kept in the run log and not published. */
  readonly own: readonly string[];
  readonly initial: State;
  readonly decide: (event: Event<In>, state: State, policy: Policy) => readonly (Out | Alarm<In>)[];
  readonly evolve: (state: State, fact: In | Out) => State;
  readonly entries: readonly (keyof State & string)[];
  /** Rises when the stored shape changes; `upgrade` then turns an older stored state (without Entries) into today's. */
  readonly stateVersion: number;
  readonly upgrade?: (stored: unknown, version: number) => State;
}

/** What a channel sent, raw: one record of an intake topic. `body` is opened by the runtime before `translate`. */
export interface Delivery {
  readonly company: string;
  readonly shop: string;
  /** What the facts will be about; with the shop it is the record's key. */
  readonly aggregate: string;
  /** webhook: the channel called us. poll: we asked, so the content is as of `receivedAt`. */
  readonly via: 'webhook' | 'poll';
  /** The channel's own word for what the body is (`order`, `refund`, `payment_intent.succeeded`). */
  readonly about: string;
  /** When it reached us, epoch ms UTC. */
  readonly receivedAt: number;
  /** The body, parsed from JSON exactly as received. */
  readonly body: unknown;
}

/** What a channel now says of one object, in the trade's words, with what is needed to know whether it is news. */
export interface Report<F extends Fact = Fact> {
  /** The object within its aggregate: `order`, `refund:726`, `charge:ch_1`. */
  readonly object: string;
  /** The channel's version, or its modified time in epoch ms: a lower one says nothing. */
  readonly version: number;
  /** The content is known to be the last of that version (polled after the version's clock had moved on). */
  readonly settled: boolean;
  /** Breaks ties within one version: the rank of the status, later phases higher. */
  readonly rank: number;
  /** The phase the channel says the object is in, in words that `tell` understands. */
  readonly phase: string;
  /** What is said, one fact per phase that may follow; `tell` chooses. Sealed fields are open here. */
  readonly facts: readonly F[];
}
/** What was told before about one object. No personal data: `content` is a keyed hash. */
export interface Told {
  readonly version: number;
  readonly settled: boolean;
  readonly rank: number;
  readonly content: string;
  readonly phase: string;
}
/** What follows from a report: nothing (`[]`), or facts; the runtime then remembers the report as told. */
export type Tell<F extends Fact = Fact> = (report: Report<F>, told: Told | undefined) => readonly F[];

/** What translate may know besides the delivery. */
export interface ShopContext {
  readonly shop: Shop;
  readonly policy: Policy;
  /** Keyed hash (HMAC-SHA-256, base64url, 22 characters): for guest customers and for remembering content without keeping it. */
  readonly hash: (text: string) => string;
}
/** One installation of a channel, from the company file. */
export interface Shop {
  readonly shop: string;
  readonly channel: string;
  readonly company: string;
  readonly url: string | null;
  readonly timeZone: string;
  /** Channel-specific words, checked by the producer's `checkShop` when the process starts. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a source is given: how to store a delivery durably, its cursors, and what to say. */
export interface Intake {
  /** Resolves when all are durable on the intake topic (acks=all). Throws a transient failure otherwise: then do not answer 2xx. */
  readonly deliver: (deliveries: readonly RawDelivery[]) => Promise<void>;
  /** Where a poll had come to; kept beside the intake (a compacted topic), written after its deliveries. */
  readonly cursor: (name: string) => Promise<string | undefined>;
  readonly keepCursor: (name: string, value: string) => Promise<void>;
}
/** As `Delivery`, with the bytes as received. */
export type RawDelivery = Omit<Delivery, 'body' | 'receivedAt' | 'company'> & { readonly bytes: Uint8Array };

/** One signed or polled way in. `headers` are lower case. `authentic` throws poison SIGNATURE_MISMATCH or SIGNATURE_STALE. */
export interface Request {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Uint8Array;
  /** Epoch ms UTC. */
  readonly now: number;
}
/** What a verified webhook amounts to: deliveries to store, and what the channel wants to hear. */
export interface Received {
  readonly deliveries: readonly RawDelivery[];
  readonly status: 200;
}
export interface SourceContext<S extends Settings> {
  readonly shop: Shop;
  readonly settings: SettingValues<S>;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Logger;
}
/** A source's running poll: one call looks once, from its cursor with overlap, and returns how many deliveries it stored. */
export interface Source {
  /** Verifies and reads one webhook request; may fetch what is missing to know the aggregate. Absent: the channel has no webhooks. */
  readonly webhook?: (request: Request) => Promise<Received>;
  /** Looks once for what was missed. Throws failures; the runtime waits and repeats. */
  readonly poll?: () => Promise<number>;
  /** Between polls, ms. */
  readonly pollEveryMs?: number;
}

/** channel → facts. `translate` throws poison for what it cannot express; it never guesses. */
export interface Producer<F extends Fact, S extends Settings = Settings> {
  readonly name: string;
  readonly doc: string;
  readonly intake: Topic;
  readonly writes: readonly Topic[];
  readonly settings: S;
  /** All problems of a shop's options, in words; empty when it is fine. */
  readonly checkShop: (shop: Shop) => readonly string[];
  readonly translate: (delivery: Delivery, context: ShopContext) => readonly Report<F>[];
  readonly tell: Tell<F>;
  /**
   * Days after which what was told of an object is forgotten when nothing was told of it since; a later report is told as if it were
   * the first. Absent: never, where that would count something again (a movement of stock).
   */
  readonly toldDays?: number;
  readonly source: (context: SourceContext<S>) => Source;
}

/** The answer for one item of a batch: done (with what was found), a failure, or unknown (no answer: it may have happened). */
export type Answer<T> =
  | { readonly is: 'done'; readonly value: T }
  | { readonly is: 'failure'; readonly failure: Error }
  | { readonly is: 'unknown'; readonly error: Error };

/** A sink's edge. Batches hold items of different keys; answers are in the order of the items, one each. */
export interface Target<Lookup, Found, Call> {
  readonly find: (lookups: readonly (readonly Lookup[])[], deadline: number) => Promise<readonly Answer<Found>[]>;
  readonly apply: (calls: readonly (readonly Call[])[], deadline: number) => Promise<readonly Answer<undefined>[]>;
  readonly close: () => Promise<void>;
}
/** How a call is shown before it is made: `show` says in the trade's words what it will do, without personal data. */
export interface Shown {
  readonly kind: 'create' | 'change';
  readonly show: string;
}
/**
 * decisions → system. `plan` names every call that can be foreseen, in order. The runtime repeats find, plan, apply until `plan` returns `[]`: so doing it again changes nothing, and a call
 * whose outcome is unknown is looked for before it is repeated. `plan` throws poison for what the target cannot take.
 * Lookup, Found and Call are plain data (they are shown by `onhand replay plan`).
 */
export interface Sink<In extends Fact, Found, Call extends Shown> {
  readonly name: string;
  readonly doc: string;
  readonly reads: readonly Topic[];
  readonly settings: Settings;
  /** Needs personal data: sealed fields arrive open. */
  readonly opens: boolean;
  /** What of the target this event concerns and its revision; an older revision than the applied one is superseded. */
  readonly document: (event: Event<In>) => { readonly document: string; readonly revision: number } | undefined;
  readonly find: (event: Event<In>, policy: Policy) => readonly object[];
  readonly plan: (event: Event<In>, found: Found, policy: Policy) => readonly Call[];
  /**
   * Longest that one call may still take effect after we stopped waiting, ms; it is given the sink's own settings. 0: the target itself
   * refuses what two owners do at once.
   */
  readonly maxInFlightMs: (settings: Readonly<Record<string, unknown>>) => number;
  readonly batch: { readonly size: number; readonly parallel: number };
  // Settings differ per sink and only its own target reads them, so the list of sinks holds them as `never`-free unknowns.
  readonly target: (
    settings: Readonly<Record<string, unknown>>,
    edge: { readonly clock: Clock; readonly log: Logger },
  ) => Target<object, Found, Call>;
}

/** Wall and monotonic time, and waiting; virtual in tests. */
export interface Clock {
  /** Epoch ms UTC. */
  readonly now: () => number;
  /** Ms from an arbitrary start, never backwards. */
  readonly monotonic: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}
/** Structured, one entry per outcome. Never a secret or personal data. */
export interface Logger {
  readonly debug: (fields: object, message: string) => void;
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
}

/* Lists of units of different types need one common type; the parameters are checked where each unit is declared. */
export type AnyProcessor = Processor<any, any, any>;
export type AnyProducer = Producer<any, any>;
export type AnySink = Sink<any, any, any>;

export const processor = <State, In extends Fact, Out extends Fact>(
  unit: Omit<Processor<State, In, Out>, 'own' | 'entries' | 'stateVersion'> &
    Partial<Pick<Processor<State, In, Out>, 'own' | 'entries' | 'stateVersion'>>,
): Processor<State, In, Out> => ({ own: [], entries: [], stateVersion: 1, ...unit });
export const producer = <F extends Fact, S extends Settings>(unit: Producer<F, S>): Producer<F, S> => unit;
export const sink = <In extends Fact, Found, Call extends Shown>(unit: Sink<In, Found, Call>): Sink<In, Found, Call> => unit;
