/** Takes card numbers out of what people type, before it is stored anywhere. */

/** 13 to 19 digits, perhaps in groups, beginning as cards do. */
const candidate = /(?<![\d.])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\d.])/g;
/** ISO/IEC 7812-1, annex B: so that order numbers and barcodes mostly stay. */
const isLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    sum += at % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
};
export const withoutCards = (text: string): string =>
  text.replace(candidate, found => (isLuhn(found.replace(/[ -]/g, '')) ? '[card number removed]' : found));

/** The same for some text fields of a JSON body, whose other bytes stay as they are: numbers would not survive being read and written. */
export const withoutCardsIn = (bytes: Uint8Array, fields: readonly string[]): Uint8Array => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const field = new RegExp(`("(?:${fields.join('|')})"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*")`, 'g');
  const clean = text.replace(field, (whole, name: string, literal: string) => {
    const value = JSON.parse(literal) as string;
    const masked = withoutCards(value);
    return masked === value ? whole : `${name}${JSON.stringify(masked)}`;
  });
  return clean === text ? bytes : Buffer.from(clean);
};
