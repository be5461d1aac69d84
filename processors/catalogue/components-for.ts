/** What a line is made of, in whole thousandths. */
import type { Component } from '../../schemas/generated/facts.ts';

/**
 * The components of `quantityMilli` of something whose components are given per 1.000; those of one product are one. Undefined when
 * they name nothing, or when it does not come out whole: a part that cannot be counted is not a part that can be sent.
 */
export const componentsFor = (per: readonly Component[], quantityMilli: number): readonly Component[] | undefined => {
  const whole = new Map<string, { readonly owner: string; readonly product: string; readonly millionths: bigint }>();
  for (const { owner, product, quantityMilli: perMilli } of per) {
    if (perMilli <= 0) return undefined;
    const id = JSON.stringify([owner, product]);
    const millionths = (whole.get(id)?.millionths ?? 0n) + BigInt(perMilli) * BigInt(quantityMilli);
    whole.set(id, { owner, product, millionths });
  }
  const found = [...whole.values()];
  // Avro's long in this runtime ends one below the largest safe integer.
  const fits = ({ millionths }: { readonly millionths: bigint }): boolean =>
    millionths >= 0n && millionths % 1000n === 0n && millionths / 1000n < BigInt(Number.MAX_SAFE_INTEGER);
  if (found.length === 0 || !found.every(fits)) return undefined;
  return found.map(({ owner, product, millionths }) => ({ owner, product, quantityMilli: Number(millionths / 1000n) }));
};
