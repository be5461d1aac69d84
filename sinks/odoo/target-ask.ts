/** How the target asks Odoo: within a deadline, with failures that say what they concern. */
import { fatal, isFailure, transient, type Failure } from '../../runtime/failure.ts';
import type { Clock } from '../../runtime/model.ts';
import { mayHaveHappened, type OdooRpc } from '../../runtime/odoo-rpc.ts';
import { claim } from './contract.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Ask = (model: string, method: string, args: readonly unknown[], kwargs?: Row) => Promise<unknown>;

const reading = ['search_read', 'read', 'fields_get'];
/** Below this share of the time, no writing call is begun: one that the deadline cuts off must be waited out for minutes. */
const leastShare = 4;

const notBegun = (model: string, method: string): Failure =>
  transient('ODOO_UNREACHABLE', `calling Odoo's ${model}.${method}: not begun, what came before it took too long`, {
    scope: 'key',
    retryAfterMs: 100,
  });
/** A look changes nothing, so there is nothing to wait out when it gets no answer. */
const ofLooking = (error: unknown): unknown =>
  mayHaveHappened(error) && isFailure(error) ? transient(error.code, error.message) : error;

/** `deadline`: monotonic ms. A call is waited for until then, and never longer than `longestMs`. */
export const askWithin = (rpc: OdooRpc, clock: Clock, deadline: number, longestMs: number): Ask => {
  const least = (deadline - clock.monotonic()) / leastShare;
  return async (model, method, args, kwargs = {}) => {
    const left = deadline - clock.monotonic();
    const isLook = reading.includes(method);
    if (left < (isLook ? 1 : least)) throw notBegun(model, method);
    try {
      return await rpc.call(model, method, args, kwargs, { timeoutMs: Math.ceil(Math.min(left, longestMs)) });
    } catch (error) {
      throw isLook ? ofLooking(error) : error;
    }
  };
};

export const rowsOf = (model: string, answer: unknown): readonly Row[] => {
  if (!Array.isArray(answer)) throw fatal('ODOO_ANSWER', `reading ${model} of Odoo: the answer is not a list`);
  return answer as readonly Row[];
};
export const search = async (
  ask: Ask,
  model: string,
  domain: readonly unknown[],
  fields: readonly string[],
  context: Row = {},
): Promise<readonly Row[]> => rowsOf(model, await ask(model, 'search_read', [domain], { fields, context }));
/** Archived ones too. */
export const searchAll = (
  ask: Ask,
  model: string,
  domain: readonly unknown[],
  fields: readonly string[],
): ReturnType<typeof search> => search(ask, model, domain, fields, { active_test: false });

/** A many2one: `[id, name]`, or false. */
export const idOf = (value: unknown): number => (Array.isArray(value) ? Number(value[0]) : Number(value));
export const nameOf = (value: unknown): string => (Array.isArray(value) ? String(value[1]) : '');
/** Odoo says false for no text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

export interface Claim {
  readonly name: string;
  readonly id: number;
}
const claims = async (ask: Ask, model: string, condition: readonly unknown[]): Promise<readonly Claim[]> => {
  try {
    const rows = await search(
      ask,
      'ir.model.data',
      [['module', '=', claim], ['model', '=', model], condition],
      ['name', 'res_id'],
    );
    return rows.map(row => ({ name: String(row['name']), id: Number(row['res_id']) }));
  } catch (error) {
    if (!isFailure(error) || error.code !== 'ODOO_RIGHTS') throw error;
    throw fatal(
      'ODOO_RIGHTS',
      'looking for our external ids in Odoo (ir.model.data): give the user of ODOO_LOGIN the group "Access Rights" (Settings, Users)',
      { cause: error.cause },
    );
  }
};
/** Record ids by our external id's name. */
export const claimed = async (ask: Ask, model: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> =>
  names.length === 0
    ? new Map()
    : new Map((await claims(ask, model, ['name', 'in', unique(names)])).map(one => [one.name, one.id]));
/** Our external id's name by record id. */
export const claimsOn = async (ask: Ask, model: string, ids: readonly number[]): Promise<ReadonlyMap<number, string>> =>
  ids.length === 0 ? new Map() : new Map((await claims(ask, model, ['res_id', 'in', ids])).map(one => [one.id, one.name]));
