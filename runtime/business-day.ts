/** Which business day a moment falls on. Days are text, YYYY-MM-DD: they compare as text and no zone can shift them. */

/** One formatter per zone: making one costs 50 times what using it costs. */
const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formats.set(timeZone, made);
  return made;
};

/** `at` in epoch ms UTC, `timeZone` an IANA name (checked with the company files). The zone's own rules decide, so no offset is added here. */
export const businessDay = (at: number, timeZone: string): string => {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find(one => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
};

/** Days have no hours, so they are counted in UTC, where each has 24. */
const utc = (day: string): number => Date.parse(`${day}T00:00:00Z`);
/** Whether the text is a day that exists: 2026-02-30 does not. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utc(text)) && new Date(utc(text)).toISOString().startsWith(text);
export const dayAfter = (day: string): string => new Date(utc(day) + 86_400_000).toISOString().slice(0, 10);

/** Whether an IANA zone is known here. Offsets such as +02:00 are refused: they have no daylight saving rules. */
export const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
};
