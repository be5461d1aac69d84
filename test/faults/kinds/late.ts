/**
 * F8: one request of a transaction is held on its way while its sender is told nothing or loses the connection; its answer never comes.
 * It arrives when the next transaction of the same id has begun: nothing of that one may be ended, joined or lost by it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { Draw, Fault, Fired, World } from '../fault.ts';
import { api, type Api } from '../proxy/frames.ts';
import type { Request } from '../proxy/kafka.ts';
import { below } from '../support/kills.ts';
import { readyAgain } from '../support/recovery.ts';

/** How long a request of that kind is waited for, and then the next transaction of the id: a sender that is told nothing waits 10 s. */
const soonMs = 40_000;
/** What shows that the next transaction has begun, or that it is nearly through. */
const nextOnes: readonly Api[] = [api.addPartitionsToTxn, api.produce, api.endTxn];

interface Late {
  readonly of: readonly Api[];
  readonly name: string;
  readonly times: Fault['times'];
}
const late = ({ of, name, times }: Late): Fault => ({
  id: 'F8',
  name: `${name} arrives when the next transaction has begun`,
  touches: ['processors'],
  times,
  inject: async (world, draw, size): Promise<Fired> => {
    const victims = [world.instances['processors-a'], world.instances['processors-b']];
    const apiKey = draw(of);
    // Told nothing, the sender gives up after 10 s, when the coordinator has ended its transaction too: in the long run only.
    const how = size === 'long' && draw([true, false]) ? 'hold silently' : 'hold';
    const proxies = victims.map(one => one.edges.kafka);
    const snares = proxies.map(proxy => proxy.catch(request => request.apiKey === apiKey && request.of !== '', how));
    const met = (): Request | undefined => snares.flatMap(one => one.met())[0];
    const first = await until(`a request ${apiKey}`, met, soonMs).finally(() => snares.forEach(one => one.stop()));
    const at = snares.findIndex(one => one.met().length > 0);
    const begun = nextTransaction(world, draw, first.of);
    const heldAt = Date.now();
    if (size === 'long' && how === 'hold') await delay(below(draw, 30_000));
    const seen = await until(`the next transaction of ${first.of}`, begun.seen, soonMs).finally(begun.stop);
    const arrived = proxies.reduce((sum, proxy) => sum + proxy.release(), 0);
    await readyAgain(victims[at]!);
    return {
      fired: arrived > 0,
      what: `request ${apiKey} of ${world.names.plain(first.of) ?? first.of} ${how === 'hold' ? 'lost its connection' : 'was told nothing'}; ${Date.now() - heldAt} ms late, at the next request ${seen}`,
    };
  },
});
/** Watches for a request of a later transaction of the id, by whichever process: behind an InitProducerId of it. */
const nextTransaction = ({ instances }: World, draw: Draw, id: string) => {
  const wanted = draw(nextOnes);
  let initialised = false;
  let seen: number | undefined;
  const stops = Object.values(instances).map(one =>
    one.edges.kafka.watch(request => {
      if (request.of !== id) return;
      initialised ||= request.apiKey === api.initProducerId;
      if (initialised && request.apiKey === wanted) seen ??= request.apiKey;
    }),
  );
  return { seen: () => seen, stop: () => stops.forEach(stop => stop()) };
};

export const lateRequests: readonly Fault[] = [
  late({ of: [api.endTxn], name: 'a held EndTxn', times: { quick: 1, long: 4 } }),
  late({ of: [api.produce], name: 'a held Produce', times: { quick: 1, long: 4 } }),
  late({
    of: [api.addPartitionsToTxn, api.addOffsetsToTxn, api.txnOffsetCommit],
    name: 'a held step before the end',
    times: { quick: 1, long: 3 },
  }),
];
