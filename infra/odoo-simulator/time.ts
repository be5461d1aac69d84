/** Moments as Odoo writes them: UTC, `YYYY-MM-DD HH:MM:SS`, in the database with microseconds. */
import { valueError } from './errors.ts';

const shape = /^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2}(?:\.\d+)?)?$/;

/** `2026-11-21 13:49:36.465000` */
export const momentOf = (epochMs: number): string => `${new Date(epochMs).toISOString().replace('T', ' ').replace('Z', '')}000`;

const isReal = (text: string): boolean =>
  !Number.isNaN(Date.parse(`${text.slice(0, 19).replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`));

/** Without the part below a second; a day alone is its midnight. What is no moment is answered as Python's strptime would. */
export const secondOf = (text: string): string => {
  if (!shape.test(text) || !isReal(text))
    throw valueError(`time data '${text}' does not match format '%Y-%m-%d${text.length > 10 ? ' %H:%M:%S' : ''}'`);
  return text.length === 10 ? `${text} 00:00:00` : text.slice(0, 19);
};

export const dayOf = (text: string): string => secondOf(text).slice(0, 10);

/** Is it `YYYY-MM-DD HH:MM:SS`, a real moment? */
export const isMoment = (text: string): boolean => /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text) && isReal(text);

const inZone = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });

/** A local moment of the zone as UTC; undefined when the zone is not known. */
export const toUtc = (moment: string, zone: string): string | undefined => {
  const wanted = Date.parse(`${moment.replace(' ', 'T')}Z`);
  try {
    const format = inZone(zone);
    const shown = (at: number): number => Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
    let at = wanted - (shown(wanted) - wanted);
    at = wanted - (shown(at) - at);
    return momentOf(at).slice(0, 19);
  } catch {
    return undefined;
  }
};
