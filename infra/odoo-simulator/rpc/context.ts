/** The context of a call: keys that the simulator acts on, keys that change nothing here, and a refusal of all others. */
import { notCovered, typeError, userError } from '../errors.ts';
import { isList, isObject, jsonText, pythonText, type Json } from '../json.ts';
import type { Context } from '../orm/model.ts';

const understood = new Set([
  'tz',
  'lang',
  'active_test',
  'inventory_mode',
  'inventory_name',
  'skip_backorder',
  'picking_ids_not_to_backorder',
  'skip_sanity_check',
  'warehouse_id',
  'location',
]);

/** They switch off messages, mails and logs, which the simulator does not have, or name the caller's user or company. */
const harmless = new Set([
  'uid',
  'skip_sms',
  'tracking_disable',
  'mail_create_nolog',
  'mail_create_nosubscribe',
  'mail_notrack',
  'mail_auto_subscribe_no_notify',
  'no_reset_password',
  'bin_size',
  'prefetch_fields',
]);

const ONE_COMPANY = 1;

const checkCompanies = (value: Json): void => {
  if (isList(value) && value.every(id => id === ONE_COMPANY)) return;
  throw notCovered(`several companies: allowed_company_ids ${pythonText(value)}`);
};

/** Keys of a caller's own are let through when they say so by their prefix. */
export const readContext = (json: Json | undefined): Context => {
  if (json === undefined || json === null) return {};
  if (!isObject(json)) throw typeError(`'${typeof json === 'number' ? 'int' : 'str'}' object is not iterable`);
  for (const [key, value] of Object.entries(json)) {
    if (key === 'lang' && value !== 'en_US' && value !== false && value !== null)
      throw userError(`Invalid language code: ${jsonText(value)}`);
    if (key === 'allowed_company_ids') checkCompanies(value);
    else if (!understood.has(key) && !harmless.has(key) && !key.startsWith('onhand_')) throw notCovered(`the context key ${key}`);
  }
  return json;
};
