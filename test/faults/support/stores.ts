/** Everything that a local store holds, for the checker. */
import type { Store } from '../../../runtime/store/store.ts';
import type { StoreEnd } from '../../support/proof/evidence.ts';

/** No key is empty; the store's own note of where it stands sorts before all of them. */
const everything = { gte: '\0', lt: '\uffff' };
export const loadedStore = async (store: Store): Promise<Pick<StoreEnd, 'changelogNext' | 'entries'>> => {
  try {
    return { changelogNext: store.meta()?.changelogNext, entries: new Map(store.range(everything)) };
  } finally {
    await store.close();
  }
};
